import type { Database, Statement } from 'better-sqlite3'
import type { RejectedRecordView } from '#shared/ipc/contract.ts'
import type { RejectedRow } from '#shared/metric/read-position.ts'

/** Older records are deleted: a broken producer must not fill the disk. */
const maxRejectedRecords = 10_000

type Row = Omit<RejectedRecordView, 'head'> & { readonly head: Buffer }

/** The newest rejected records. */
export class RejectedRecordTable {
  readonly #insert: Statement<[Row]>
  readonly #trim: Statement<[number]>
  readonly #newest: Statement<[number], Row>
  readonly #drop: Statement<[number]>

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT OR IGNORE INTO rejected_record (topic, partition, record_offset, at, code, reason, first_bytes)
       VALUES (:topic, :partition, :offset, :at, :code, :reason, :head)`,
    )
    this.#trim = db.prepare('DELETE FROM rejected_record WHERE seq <= (SELECT max(seq) FROM rejected_record) - ?')
    this.#newest = db.prepare(
      `SELECT topic, partition, record_offset AS "offset", at, code, reason, first_bytes AS head
       FROM rejected_record ORDER BY seq DESC LIMIT ?`,
    )
    this.#drop = db.prepare('DELETE FROM rejected_record WHERE at < ?')
  }

  insert(rejects: readonly RejectedRow[]): void {
    if (rejects.length === 0) return
    for (const { position, at, reject, head } of rejects) {
      this.#insert.run({ ...position, at, ...reject, head: Buffer.from(head) })
    }
    this.#trim.run(maxRejectedRecords)
  }

  newest(limit: number): RejectedRecordView[] {
    return this.#newest.all(limit).map((row) => ({ ...row, head: row.head.toString('base64') }))
  }

  dropBefore(at: number): void {
    this.#drop.run(at)
  }
}
