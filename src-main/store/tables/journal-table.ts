import type { Database, Statement } from 'better-sqlite3'

export interface JournalRow {
  readonly seq: number
  readonly records: Buffer
  /**
   * Newest record of each series of the nodes that were set back in the batch; of all others it follows from `records`.
   * Versions before format 7 wrote it for every evaluated series.
   */
  readonly series: Buffer
}

/** One row per batch, in order. Rows that no head needs are cut from the front. */
export class JournalTable {
  readonly #insert: Statement<[number, Buffer, Buffer]>
  readonly #all: Statement<[], JournalRow>
  readonly #cut: Statement<[number]>

  constructor(db: Database) {
    this.#insert = db.prepare('INSERT INTO journal VALUES (?, ?, ?)')
    this.#all = db.prepare('SELECT seq, records, series FROM journal ORDER BY seq')
    this.#cut = db.prepare('DELETE FROM journal WHERE seq < ?')
  }

  insert(seq: number, records: Buffer, series: Buffer): void {
    this.#insert.run(seq, records, series)
  }

  /** One row at a time. Run no other statement on the connection before the last row. */
  rows(): IterableIterator<JournalRow> {
    return this.#all.iterate()
  }

  cutBefore(seq: number): void {
    this.#cut.run(seq)
  }
}
