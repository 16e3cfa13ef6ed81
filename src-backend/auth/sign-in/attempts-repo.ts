/**
 * Counters of failed sign-ins, in the table `throttle`: `expire` is the time when a counter is empty, in epoch ms. Its
 * other columns are those of earlier versions. The retention job deletes empty counters.
 */
import type { Db } from '../../db/db.ts'
import type { EmptyAt } from './sign-in-limits.ts'

interface CounterRow {
  readonly key: string
  readonly expire: string
}

/** Without locks: most attempts of an attack are refused by this alone. */
export async function readCounters(db: Db, keys: readonly string[]): Promise<EmptyAt> {
  const { rows } = await db.query<CounterRow>('select key, expire from throttle where key = any($1)', [keys])
  return emptyAtOf(rows)
}

/** Locks the counters until the transaction ends; always in the order of their keys, so that no two wait for each other. */
export async function lockCounters(db: Db, keys: readonly string[]): Promise<EmptyAt> {
  const { rows } = await db.query<CounterRow>(
    `insert into throttle (key, points, expire) select key, 0, 0 from unnest($1::text[]) as key order by key
     on conflict (key) do update set points = 0
     returning key, expire`,
    [keys],
  )
  return emptyAtOf(rows)
}

export async function storeCounters(db: Db, emptyAt: EmptyAt): Promise<void> {
  await db.query(
    `update throttle set expire = given.expire from unnest($1::text[], $2::bigint[]) as given (key, expire)
     where throttle.key = given.key`,
    [[...emptyAt.keys()], [...emptyAt.values()].map(Math.round)],
  )
}

/** Each counter by itself, because a statement for all could lock them in another order. */
export async function lowerCounters(db: Db, byMs: ReadonlyMap<string, number>): Promise<void> {
  for (const [key, ms] of byMs) {
    await db.query('update throttle set expire = expire - $2 where key = $1', [key, Math.round(ms)])
  }
}

function emptyAtOf(rows: readonly CounterRow[]): EmptyAt {
  return new Map(rows.map(({ key, expire }) => [key, Number(expire)]))
}
