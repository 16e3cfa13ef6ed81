import type { Db } from '../db/db.ts'

/**
 * Deletes parts of nodes that have no samples any more, such as those of containers that are gone. One with an alert, or
 * with a rule, stays. The rows of their nodes change too: so no replica goes on with the parts that it has in memory.
 * @param old `before`: epoch ms
 * @returns how many
 */
export async function deletePartsBefore(db: Db, old: { before: number; limit: number }): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `with old as materialized (
       select node, part from node_part
       where seen < to_timestamp($1::float8 / 1000) and series = '{}' order by node, part limit $2),
     locked as materialized (select id from node where id in (select node from old) order by node_id for update),
     gone as (
       delete from node_part using old, locked
       where node_part.node = old.node and node_part.part = old.part and locked.id = old.node
         and seen < to_timestamp($1::float8 / 1000) and series = '{}'
       returning node_part.node),
     touched as (update node set node_name = node_name where id in (select node from gone))
     select count(*)::int as n from gone`,
    [old.before, old.limit],
  )
  return rows[0]?.n ?? 0
}
