import type { Database, Statement } from 'better-sqlite3'

interface HeadRow {
  readonly part: number
  readonly passedSeq: number
  readonly passedIndex: number
  readonly data: Buffer
}

/** Heads that the journal need not have, as chunks. */
export class HeadTable {
  readonly #save: Statement<[number, number, number, Buffer]>
  readonly #remove: Statement<[number]>
  readonly #all: Statement<[], HeadRow>

  constructor(db: Database) {
    this.#save = db.prepare('INSERT OR REPLACE INTO head VALUES (?, ?, ?, ?)')
    this.#remove = db.prepare('DELETE FROM head WHERE node = ?')
    this.#all = db.prepare('SELECT node AS part, passed_seq AS passedSeq, passed_index AS passedIndex, data FROM head')
  }

  save({ part, passedSeq, passedIndex, data }: HeadRow): void {
    this.#save.run(part, passedSeq, passedIndex, data)
  }

  remove(part: number): void {
    this.#remove.run(part)
  }

  all(): HeadRow[] {
    return this.#all.all()
  }
}
