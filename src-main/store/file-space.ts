import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database } from 'better-sqlite3'
import type { FileSizes } from '../threads/cache-usage.ts'
import { checkpointPages, fileSizes, longestWal, pageSize } from './connection.ts'
import { storageErrorOf } from './errors.ts'

/** Pages moved by one statement. Between two of them, the time of the slice is looked at. */
const statementPages = 64
/** A larger file is not rewritten at start, because nothing is read meanwhile. */
const mostRewritten = 4 * 1024 ** 3

/**
 * Space of the files. Deleting leaves free pages, which new data uses first. To make the file shorter there are three
 * ways. VACUUM rewrites it, and the data thread would stand still for 10 s a gigabyte. VACUUM INTO by the read thread
 * writes a copy that lacks what is committed meanwhile. So files have `auto_vacuum = INCREMENTAL`: SQLite then moves
 * pages from the end of the file into free ones, a few at a time, between two commits. 64 pages take 1 to 3 ms. The map
 * of pages that it needs, one page for each 3 MB, costs commits less than a benchmark can tell.
 */
export class FileSpace {
  readonly #db: Database
  #longestWal = longestWal

  constructor(db: Database) {
    this.#db = db
  }

  sizes(): FileSizes {
    return fileSizes(this.#db)
  }

  /** The write-ahead log is at most this long in bytes, unless readers keep it from being reset. */
  limitWal(bytes: number): void {
    this.#longestWal = Math.min(bytes, longestWal)
    this.#db.pragma(`journal_size_limit = ${Math.floor(this.#longestWal)}`)
    this.#db.pragma(`wal_autocheckpoint = ${Math.min(checkpointPages, Math.floor(this.#longestWal / 2 / pageSize))}`)
  }

  /** Resets the write-ahead log after readers kept it from being reset. */
  shortenWal(): void {
    if (this.sizes().wal > this.#longestWal) this.#db.pragma('wal_checkpoint(RESTART)')
  }

  /**
   * Makes the file shorter by free pages, for at most `ms`. One transaction for each 64 pages.
   * @returns whether there are more free pages
   */
  giveBack(bytes: number, ms: number): boolean {
    const until = performance.now() + ms
    let left = Math.ceil(bytes / pageSize)
    try {
      do {
        const free = this.#freePages()
        if (free === 0 || left <= 0) return free > 0
        this.#db.pragma(`incremental_vacuum(${Math.min(statementPages, left)})`)
        // A file that cannot shrink stays as it is.
        if (this.#freePages() === free) return false
        left -= statementPages
      } while (performance.now() < until)
    } catch (cause) {
      throw storageErrorOf(cause)
    }
    return this.#freePages() > 0
  }

  /** Moves the write-ahead log into the file and empties it, unless a reader needs it. Waits for nobody. */
  emptyWal(): void {
    this.#db.pragma('busy_timeout = 0')
    try {
      this.#db.pragma('wal_checkpoint(TRUNCATE)')
    } catch (cause) {
      throw storageErrorOf(cause)
    } finally {
      this.#db.pragma('busy_timeout = 5000')
    }
  }

  #freePages(): number {
    return this.#db.pragma('freelist_count', { simple: true }) as number
  }
}

/**
 * A file of version 0.1.0 cannot become shorter. It is rewritten once, in about 10 s a gigabyte, if the disk has room
 * for that; otherwise at a later start, when the retention has made it smaller. Nobody else has it open.
 */
export function makeShrinkable(db: Database): void {
  if (db.pragma('auto_vacuum', { simple: true }) !== 0) return
  const { data } = fileSizes(db)
  const disk = statfsSync(dirname(db.name))
  // A temporary copy, and the copy in the write-ahead log.
  if (data > mostRewritten || disk.bavail * disk.bsize < 3 * data) return
  try {
    db.pragma('auto_vacuum = INCREMENTAL')
    db.exec('VACUUM')
    db.pragma('wal_checkpoint(TRUNCATE)')
  } catch (cause) {
    // The file is unchanged, as after any failed transaction.
    if (storageErrorOf(cause) === cause) throw cause
  }
}
