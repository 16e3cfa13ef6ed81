import type { AuditAction } from '#shared/rest/audit.ts'
import type { Db } from '../db/db.ts'

interface NewAuditRow {
  readonly actor: string
  readonly accountId: number | null
  readonly action: AuditAction
  readonly subject: string
  /** JSON text; `null` if it did not exist. */
  readonly before: string | null
  readonly after: string | null
  readonly requestId: string
}

export interface AuditRow {
  readonly id: string
  readonly at: Date
  readonly actor: string
  readonly action: AuditAction
  readonly subject: string
  readonly before: unknown
  readonly after: unknown
}

export async function insertAudit(db: Db, row: NewAuditRow): Promise<void> {
  await db.query(
    `insert into audit (actor, account_id, action, subject, before, after, request_id)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [row.actor, row.accountId, row.action, row.subject, row.before, row.after, row.requestId],
  )
}

/** Newest first, with an id below `before`. */
export async function listAuditRows(
  db: Db,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<AuditRow[]> {
  const { rows } = await db.query<AuditRow>(
    `select id, at, actor, action, subject, before, after from audit
     where $1::bigint is null or id < $1
     order by id desc limit $2`,
    [before ?? null, limit],
  )
  return rows
}
