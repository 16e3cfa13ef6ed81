import type { Db } from '../db/db.ts'
import { deletePartsBefore } from './parts-repo.ts'

/** See `deletePartsBefore`. */
export function deleteOldParts(db: Db, old: { before: number; limit: number }): Promise<number> {
  return deletePartsBefore(db, old)
}
