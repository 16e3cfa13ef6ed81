import type { Database, Statement } from 'better-sqlite3'
import type { RecordPosition } from '#shared/metric/sample.ts'

/** First offset that this console read from each partition, or read after the last gap. */
export class PartitionStartTable {
  readonly #add: Statement<[RecordPosition]>
  readonly #reset: Statement<[RecordPosition]>
  readonly #all: Statement<[], RecordPosition>

  constructor(db: Database) {
    this.#add = db.prepare('INSERT OR IGNORE INTO partition_start VALUES (:topic, :partition, :offset)')
    this.#reset = db.prepare('INSERT OR REPLACE INTO partition_start VALUES (:topic, :partition, :offset)')
    this.#all = db.prepare('SELECT topic, partition, first_offset AS "offset" FROM partition_start')
  }

  add(begin: RecordPosition): void {
    this.#add.run(begin)
  }

  reset(begin: RecordPosition): void {
    this.#reset.run(begin)
  }

  all(): RecordPosition[] {
    return this.#all.all()
  }
}
