import type { Database, Statement } from 'better-sqlite3'
import type { MetricRow, StoredNodeRow } from '../heads/dictionary.ts'

/** Nodes and metrics, with the numbers that journal and chunks use for them. */
export class NodeTable {
  readonly #saveNode: Statement<[StoredNodeRow]>
  readonly #saveMetric: Statement<[MetricRow]>
  readonly #nodes: Statement<[], StoredNodeRow>
  readonly #metrics: Statement<[], MetricRow>

  constructor(db: Database) {
    this.#saveNode = db.prepare(`
      INSERT INTO node VALUES (:no, :id, :name, :span, :bump, :chunks, :samples, :passedSeq, :passedIndex, :bytes)
      ON CONFLICT (no) DO UPDATE SET name = :name, span = :span, bump = :bump, chunks = :chunks, samples = :samples,
        passed_seq = :passedSeq, passed_index = :passedIndex, bytes = :bytes`)
    this.#saveMetric = db.prepare(
      'INSERT INTO metric VALUES (:no, :name, :unit) ON CONFLICT (no) DO UPDATE SET unit = :unit',
    )
    this.#nodes = db.prepare(
      `SELECT no, id, name, span, bump, chunks, samples, passed_seq AS passedSeq, passed_index AS passedIndex,
         bytes
       FROM node ORDER BY no`,
    )
    this.#metrics = db.prepare('SELECT no, name, unit FROM metric ORDER BY no')
  }

  save(row: StoredNodeRow): void {
    this.#saveNode.run(row)
  }

  saveMetric(row: MetricRow): void {
    this.#saveMetric.run(row)
  }

  nodes(): StoredNodeRow[] {
    return this.#nodes.all()
  }

  metrics(): MetricRow[] {
    return this.#metrics.all()
  }
}
