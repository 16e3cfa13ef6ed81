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

export interface AuditFilter {
  readonly action: AuditAction | undefined
  /** In who, what, before or after. */
  readonly text: string | undefined
  /** Only rows with a lower id. */
  readonly before: string | undefined
  readonly limit: number
}

/** Newest first. */
export async function listAuditRows(db: Db, { action, text, before, limit }: AuditFilter): Promise<AuditRow[]> {
  const { rows } = await db.query<AuditRow>(
    `select id, at, actor, action, subject, before, after from audit
     where ($1::bigint is null or id < $1) and ($2::text is null or action = $2)
       and ($3::text is null or position(lower($3) in lower(concat_ws(' ', actor, subject, before, after))) > 0)
     order by id desc limit $4`,
    [before ?? null, action ?? null, text ?? null, limit],
  )
  return rows
}
