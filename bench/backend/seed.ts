import type { Pool } from 'pg'
import { metrics } from '../bench-records.ts'

/** Same names as `producers/main.ts --nodes`. */
export const fleetNodeIdOf = (index: number): string => `load-${index + 1}`

/** Inserts nodes 1 to `count`. */
export async function addNodes(pool: Pool, count: number): Promise<void> {
  await pool.query(
    `insert into node (node_id, node_name, last_seen, interval_ms, latest)
     select id, id, now() - interval '1 second', 1000,
       (select jsonb_object_agg(metric, jsonb_build_object('value', 1, 'at', 0)) from unnest($2::text[]) as metric)
     from unnest($1::text[]) with ordinality as made (id, n) order by n`,
    [Array.from({ length: count }, (_, index) => fleetNodeIdOf(index)), metrics],
  )
}

/** @returns the id of the new row */
export async function addLayout(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ id: number }>('insert into layout (metrics) values ($1) returning id', [metrics])
  return rows[0]?.id ?? 0
}

export const accountNameOf = (index: number): string => `viewer-${index + 1}`

export async function addAccounts(pool: Pool, count: number, passwordHash: string): Promise<void> {
  await pool.query(
    `insert into account (username, username_key, email, email_key, password_hash, role)
     select name, name, name || '@example.com', name || '@example.com', $2, 'viewer' from unnest($1::text[]) as name`,
    [Array.from({ length: count }, (_, index) => accountNameOf(index)), passwordHash],
  )
}
