import type { Db } from '../db/db.ts'
import { readJobs } from './repo.ts'

/** Names of the jobs whose last run failed. */
export async function failingJobs(db: Db): Promise<string[]> {
  const runs = await readJobs(db)
  return runs.flatMap(({ name, problem }) => (problem === null ? [] : [name]))
}
