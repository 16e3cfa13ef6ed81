import type { Db } from '../db/db.ts'

export interface JobRun {
  readonly name: string
  /** Epoch seconds; `null` if it never finished. */
  readonly finishedAt: number | null
  readonly problem: string | null
}

export async function readJobs(db: Db): Promise<JobRun[]> {
  const { rows } = await db.query<JobRun>(
    `select name, extract(epoch from finished_at)::float8 as "finishedAt", problem from job order by name limit 100`,
  )
  return rows
}
