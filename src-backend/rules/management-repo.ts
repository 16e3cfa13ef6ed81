import type { RuleManagement } from '#shared/rest/rules.ts'
import type { Db } from '../db/db.ts'

interface Row {
  readonly file: string
  readonly revision: string
  readonly applied_by: string
  readonly applied_at: Date
}

/** `null`: the rules come from no file. */
export async function readManagement(db: Db): Promise<RuleManagement | null> {
  const { rows } = await db.query<Row>('select file, revision, applied_by, applied_at from rule_management')
  const [row] = rows
  return row ? { file: row.file, revision: row.revision, by: row.applied_by, at: row.applied_at.getTime() } : null
}

export async function writeManagement(db: Db, { file, revision, by, at }: RuleManagement): Promise<void> {
  await db.query(
    `insert into rule_management (file, revision, applied_by, applied_at) values ($1, $2, $3, to_timestamp($4 / 1000.0))
     on conflict (singleton) do update
     set file = excluded.file, revision = excluded.revision, applied_by = excluded.applied_by,
       applied_at = excluded.applied_at`,
    [file, revision, by, at],
  )
}

export async function deleteManagement(db: Db): Promise<void> {
  await db.query('delete from rule_management')
}
