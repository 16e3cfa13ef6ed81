import type { Database, Statement } from 'better-sqlite3'
import type { CounterTableRow } from '../heads/counter-values.ts'

/** Newest raw values of counters that the journal does not have. */
export class CounterTable {
  readonly #save: Statement<[number, string, number, number, Buffer]>
  readonly #all: Statement<[], CounterTableRow>

  constructor(db: Database) {
    this.#save = db.prepare('INSERT OR REPLACE INTO counter VALUES (?, ?, ?, ?, ?)')
    this.#all = db.prepare('SELECT part, topic, partition, seq, data FROM counter')
  }

  save({ part, topic, partition, seq, data }: CounterTableRow): void {
    this.#save.run(part, topic, partition, seq, data)
  }

  all(): CounterTableRow[] {
    return this.#all.all()
  }
}
