import type { Database, Statement } from 'better-sqlite3'
import { forgottenNodeCodec } from '#shared/codec/domain-codecs.ts'
import type { ForgottenNode } from '#shared/team/forgotten-node.ts'
import type { RowReader } from '../row-reader.ts'

interface Row {
  readonly nodeId: string
  readonly at: number
  readonly data: string
}

/** Nodes that a person removed from the lists, also after they are back. */
export class ForgottenNodeTable {
  readonly #rows: RowReader
  readonly #save: Statement<[Row]>
  readonly #all: Statement<[], string>
  readonly #clear: Statement<[]>
  readonly #dropBefore: Statement<[number]>

  constructor(db: Database, rows: RowReader) {
    this.#rows = rows
    this.#save = db.prepare(
      `INSERT INTO forgotten_node VALUES (:nodeId, :at, :data)
       ON CONFLICT (node_id) DO UPDATE SET at = :at, data = :data WHERE at < :at`,
    )
    this.#all = db.prepare<[], string>('SELECT data FROM forgotten_node ORDER BY node_id').pluck()
    this.#clear = db.prepare('DELETE FROM forgotten_node')
    this.#dropBefore = db.prepare('DELETE FROM forgotten_node WHERE at < ?')
  }

  /** Within a transaction. The newest one of a node stays. */
  save(node: ForgottenNode): void {
    this.#save.run({ nodeId: node.nodeId, at: node.at, data: forgottenNodeCodec.stringify(node) })
  }

  all(): ForgottenNode[] {
    return this.#rows.all('forgotten_node', forgottenNodeCodec, this.#all.all())
  }

  /** Within a transaction. */
  clear(): void {
    this.#clear.run()
  }

  /** Within a transaction. `at`: epoch ms. */
  dropBefore(at: number): void {
    this.#dropBefore.run(at)
  }
}
