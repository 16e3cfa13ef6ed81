import type { Database, Statement } from 'better-sqlite3'
import type { MetricRow, PartMetric } from '../heads/dictionary.ts'
import type { StoredPartRow } from '../heads/stored-part.ts'

/** Parts of nodes and metrics, with the numbers that journal and chunks use for them. */
export class PartTable {
  readonly #savePart: Statement<[StoredPartRow]>
  readonly #saveMetric: Statement<[MetricRow]>
  readonly #savePartMetric: Statement<[PartMetric]>
  readonly #remove: ReadonlyArray<Statement<[number]>>
  readonly #parts: Statement<[], StoredPartRow>
  readonly #metrics: Statement<[], MetricRow>
  readonly #partMetrics: Statement<[], PartMetric>

  constructor(db: Database) {
    this.#savePart = db.prepare(`
      INSERT INTO part
      VALUES (:no, :nodeId, :part, :name, :span, :bump, :chunks, :samples, :passedSeq, :passedIndex, :bytes)
      ON CONFLICT (no) DO UPDATE SET name = :name, span = :span, bump = :bump, chunks = :chunks, samples = :samples,
        passed_seq = :passedSeq, passed_index = :passedIndex, bytes = :bytes`)
    this.#saveMetric = db.prepare(
      'INSERT INTO metric VALUES (:no, :name, :unit) ON CONFLICT (no) DO UPDATE SET unit = :unit',
    )
    this.#savePartMetric = db.prepare('INSERT OR IGNORE INTO part_metric VALUES (:part, :metric)')
    this.#remove = ['part WHERE no', 'part_metric WHERE part', 'counter WHERE part', 'head WHERE node'].map((rows) =>
      db.prepare(`DELETE FROM ${rows} = ?`),
    )
    this.#parts = db.prepare(
      `SELECT no, node_id AS nodeId, part, name, span, bump, chunks, samples, passed_seq AS passedSeq,
         passed_index AS passedIndex, bytes
       FROM part ORDER BY no`,
    )
    this.#metrics = db.prepare('SELECT no, name, unit FROM metric ORDER BY no')
    this.#partMetrics = db.prepare('SELECT part, metric FROM part_metric')
  }

  save(row: StoredPartRow): void {
    this.#savePart.run(row)
  }

  saveMetric(row: MetricRow): void {
    this.#saveMetric.run(row)
  }

  savePartMetric(row: PartMetric): void {
    this.#savePartMetric.run(row)
  }

  /** Deletes all rows of a part that has no chunks. */
  remove(part: number): void {
    for (const statement of this.#remove) statement.run(part)
  }

  parts(): StoredPartRow[] {
    return this.#parts.all()
  }

  metrics(): MetricRow[] {
    return this.#metrics.all()
  }

  partMetrics(): PartMetric[] {
    return this.#partMetrics.all()
  }
}
