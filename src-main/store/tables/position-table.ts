import type { Database, Statement } from 'better-sqlite3'
import { fingerprintColumns, storedFingerprint, type ReadPosition } from '#shared/metric/read-position.ts'
import { StoreError } from '../errors.ts'

interface Row {
  readonly topic: string
  readonly partition: number
  readonly next: number
  readonly timestamp: number | null
  readonly hash: string | null
}

/** Read position of each partition. Only `reset` moves one back; `forget` deletes them. */
export class PositionTable {
  readonly #advance: Statement<[Row]>
  readonly #reset: Statement<[Row]>
  readonly #forget: Statement<[string]>
  readonly #one: Statement<[string, number], Row>
  readonly #all: Statement<[], Row>

  constructor(db: Database) {
    const upsert = `INSERT INTO position VALUES (:topic, :partition, :next, :timestamp, :hash)
      ON CONFLICT (topic, partition) DO UPDATE SET next = :next, last_timestamp = :timestamp, last_hash = :hash`
    const columns = 'topic, partition, next, last_timestamp AS timestamp, last_hash AS hash'
    this.#advance = db.prepare(`${upsert} WHERE :next >= next`)
    this.#reset = db.prepare(upsert)
    this.#forget = db.prepare('DELETE FROM position WHERE topic = ?')
    this.#one = db.prepare(`SELECT ${columns} FROM position WHERE topic = ? AND partition = ?`)
    this.#all = db.prepare(`SELECT ${columns} FROM position ORDER BY topic, partition`)
  }

  /** Throws when the position would go back: its records are already stored and would be duplicated. */
  advance(position: ReadPosition): void {
    if (this.#advance.run(positionRow(position)).changes === 1) return
    const { topic, partition, next } = position
    throw new StoreError(`position of ${topic}/${partition} would go back to ${next}`)
  }

  reset(position: ReadPosition): void {
    this.#reset.run(positionRow(position))
  }

  /** Next time, the topic is read from its beginning. */
  forget(topic: string): void {
    this.#forget.run(topic)
  }

  get(topic: string, partition: number): ReadPosition | undefined {
    const row = this.#one.get(topic, partition)
    return row && positionOf(row)
  }

  all(): ReadPosition[] {
    return this.#all.all().map(positionOf)
  }
}

function positionRow({ topic, partition, next, last }: ReadPosition): Row {
  return { topic, partition, next, ...fingerprintColumns(last) }
}

function positionOf({ topic, partition, next, timestamp, hash }: Row): ReadPosition {
  return { topic, partition, next, last: storedFingerprint({ timestamp, hash }) }
}
