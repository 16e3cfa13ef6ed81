import type { Db } from '../db/db.ts'

/** Id of the rule with this number. */
export async function ruleIdOf(db: Db, number: number): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    'select id from rule where number = $1 and not deleted and node_id is not null',
    [number],
  )
  return rows[0]?.id
}

export async function isKnownNode(db: Db, nodeId: string): Promise<boolean> {
  const { rows } = await db.query<{ known: boolean }>(
    'select exists (select from node where node_id = $1 and forgotten_at is null) as known',
    [nodeId],
  )
  return rows[0]?.known === true
}
