import type { Db } from '../db/db.ts'

/** Lock of this session. Its holder runs the job. */
export async function lockJob(db: Db, name: string): Promise<boolean> {
  const { rows } = await db.query<{ ok: boolean }>(
    `select pg_try_advisory_lock(hashtext('remo job'), hashtext($1)) as ok`,
    [name],
  )
  return rows[0]?.ok === true
}

export async function unlockJob(db: Db, name: string): Promise<void> {
  await db.query(`select pg_advisory_unlock(hashtext('remo job'), hashtext($1))`, [name])
}

/**
 * Whether the job has not started within its interval, minus a tolerance: timers of replicas differ by milliseconds.
 */
export async function isDue(db: Db, name: string, everyMs: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from job where name = $1 and started_at > now() - $2::float8 * interval '0.9 milliseconds'`,
    [name, everyMs],
  )
  return rowCount === 0
}

export async function recordStart(db: Db, name: string): Promise<void> {
  await db.query(
    `insert into job (name, started_at) values ($1, now())
     on conflict (name) do update set started_at = now(), finished_at = null`,
    [name],
  )
}

/** @param problem one sentence; `null` for success */
export async function recordFinish(db: Db, name: string, problem: string | null): Promise<void> {
  await db.query('update job set finished_at = now(), problem = $2 where name = $1', [name, problem])
}
