import type { Database } from 'better-sqlite3'
import { storageErrorOf } from './errors.ts'

/** How the writer commits. Both throw `StorageError` when the disk is full or fails; nothing is changed then. */
export class Transactions {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** One transaction. A crash of the process keeps it; a power cut may undo it as a whole. */
  run(work: () => void): void {
    try {
      this.#db.transaction(work).immediate()
    } catch (error) {
      throw storageErrorOf(error)
    }
  }

  /** One transaction that is on disk when this returns, with all before it: a power cut keeps it, too. */
  durably(work: () => void): void {
    this.#db.pragma('synchronous = FULL')
    try {
      this.run(work)
    } finally {
      this.#db.pragma('synchronous = NORMAL')
    }
  }
}
