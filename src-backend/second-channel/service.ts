import { deleteOld } from './messages-repo.ts'
import type { Db } from '../db/db.ts'

const keptDays = 30

/** Deletes messages that were delivered or given up 30 days ago. @returns how many, at most `limit` */
export function deleteOldMessages(db: Db, limit: number): Promise<number> {
  return deleteOld(db, { days: keptDays, limit })
}
