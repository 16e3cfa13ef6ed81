import type { AuditAction } from '#shared/rest/audit.ts'
import type { Db } from '../db/db.ts'
import type { Actor } from '../http/route.ts'
import { insertAudit } from './repo.ts'

export interface AuditEntryDraft {
  /** No account: ReMo itself. */
  readonly actor: { readonly accountId: Actor['accountId'] | null; readonly username: string }
  readonly action: AuditAction
  /** The changed thing as people call it: a name or an id. */
  readonly subject: string
  /** State before the change; absent for a new thing. Never a password or a token. */
  readonly before?: unknown
  /** State after the change; absent for a deleted thing. */
  readonly after?: unknown
  readonly requestId: string
}

/**
 * Writes an audit row. **Invariant**: it runs in the transaction of the change, so neither exists without the other.
 */
export async function writeAudit(db: Db, note: AuditEntryDraft): Promise<void> {
  await insertAudit(db, {
    actor: note.actor.username,
    accountId: note.actor.accountId,
    action: note.action,
    subject: note.subject,
    before: json(note.before),
    after: json(note.after),
    requestId: note.requestId,
  })
}

function json(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value)
}
