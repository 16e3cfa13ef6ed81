import type { Database, Statement } from 'better-sqlite3'
import type { Gap } from '#shared/metric/read-position.ts'

/** Older gaps are deleted: a topic that is created again and again must not fill the disk. */
const maxGaps = 10_000

/** The newest ranges of records that this console lost. */
export class GapTable {
  readonly #insert: Statement<[Gap]>
  readonly #trim: Statement<[number]>
  readonly #newest: Statement<[number], Gap>
  readonly #drop: Statement<[number]>

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO gap (topic, partition, from_offset, to_offset, reason, at)
       VALUES (:topic, :partition, :from, :to, :reason, :at)`,
    )
    this.#trim = db.prepare('DELETE FROM gap WHERE seq <= (SELECT max(seq) FROM gap) - ?')
    this.#newest = db.prepare(
      `SELECT topic, partition, from_offset AS "from", to_offset AS "to", reason, at FROM gap ORDER BY seq DESC LIMIT ?`,
    )
    this.#drop = db.prepare('DELETE FROM gap WHERE at < ?')
  }

  insert(gap: Gap): void {
    this.#insert.run(gap)
    this.#trim.run(maxGaps)
  }

  newest(limit: number): Gap[] {
    return this.#newest.all(limit)
  }

  dropBefore(at: number): void {
    this.#drop.run(at)
  }
}
