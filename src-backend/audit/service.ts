import type { AuditAction } from '#shared/rest/audit.ts'
import type { Db } from '../db/db.ts'
import type { Actor } from '../http/route.ts'
import { insertAudit } from './repo.ts'

export interface AuditEntryDraft {
  /** Without an account: ReMo itself. */
  readonly actor: { readonly accountId: Actor['accountId'] | null; readonly username: string }
  readonly action: AuditAction
  /** What was changed, as people call it: a name or an id. */
  readonly subject: string
  /** How it was; absent for what is new. Never a password or a token. */
  readonly before?: unknown
  /** How it is; absent for what is gone. */
  readonly after?: unknown
  readonly requestId: string
}

/** Goes into the transaction of the change: there is no change without its row, and no row without its change. */
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
