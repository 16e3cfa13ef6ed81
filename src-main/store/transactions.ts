import type { Database, Statement } from 'better-sqlite3'
import { storageErrorOf } from './errors.ts'

/** Rows that follow from others: what a transaction changed is written before its commit, or discarded. */
export interface DerivedRows {
  readonly write: () => void
  readonly discard: () => void
}

/** How the writer commits. Both throw `StorageError` when the disk is full or fails; nothing is changed then. */
export class Transactions {
  readonly #db: Database
  readonly #begin: Statement<[]>
  readonly #commit: Statement<[]>
  readonly #rollback: Statement<[]>
  readonly #derived: DerivedRows[] = []

  constructor(db: Database) {
    this.#db = db
    this.#begin = db.prepare('BEGIN IMMEDIATE')
    this.#commit = db.prepare('COMMIT')
    this.#rollback = db.prepare('ROLLBACK')
  }

  /** Each transaction writes these rows last. */
  derive(rows: DerivedRows): void {
    this.#derived.push(rows)
  }

  /**
   * One transaction, or a part of the one that is open. A crash of the process keeps it; a power cut may undo it as a
   * whole.
   */
  run(work: () => void): void {
    if (this.#db.inTransaction) {
      work()
      return
    }
    try {
      this.#begin.run()
      work()
      for (const rows of this.#derived) rows.write()
      this.#commit.run()
    } catch (error) {
      for (const rows of this.#derived) rows.discard()
      if (this.#db.inTransaction) this.#rollback.run()
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
