import Database from 'better-sqlite3'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** Another process has this cache open. The message is a sentence for the operator. */
export class CacheInUseError extends Error {
  override readonly name = 'CacheInUseError'
}

/** A data thread that ends in this process has released the lock within this time. */
const waitMs = 1000

/**
 * Keeps a cache for one process: two that write would read every record twice, and each would miss what the other
 * evaluated. The lock is SQLite's on a file of its own, because readers use `remo.sqlite`. The system releases it when
 * the process ends, however it ends.
 */
export class CacheLock {
  /** A lock that nobody refers to would be garbage-collected, and so released. */
  static readonly #held = new Set<CacheLock>()
  readonly #db: Database.Database

  private constructor(db: Database.Database) {
    this.#db = db
  }

  /**
   * Creates the folder, for its owner only, and takes the lock.
   * @param name of the connection, for the sentence
   * @throws CacheInUseError
   */
  static take(dir: string, name: string): CacheLock {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const db = new Database(join(dir, 'remo.lock'), { timeout: waitMs })
    try {
      db.exec('BEGIN EXCLUSIVE')
      const lock = new CacheLock(db)
      CacheLock.#held.add(lock)
      return lock
    } catch (cause) {
      db.close()
      if (!(cause instanceof Database.SqliteError) || cause.code !== 'SQLITE_BUSY') throw cause
      throw new CacheInUseError(`${name} is open in another ReMo window.`, { cause })
    }
  }

  release(): void {
    this.#db.close()
    CacheLock.#held.delete(this)
  }
}
