import type { Database, Statement } from 'better-sqlite3'
import { topicMappingCodec } from '#shared/codec/domain-codecs.ts'
import type { TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { RowReader } from '../row-reader.ts'

interface Row {
  readonly topic: string
  readonly version: number
  readonly data: string
}

/** What a team has for a topic, and the version below which a record of it is old. */
export interface StoredMapping {
  readonly mapping: TopicMapping
  readonly version: number
}

/** What the backend published of mappings. */
export class MappingTable {
  readonly #rows: RowReader
  readonly #save: Statement<[Row]>
  readonly #remove: Statement<[string]>
  readonly #all: Statement<[], { version: number; data: string }>
  readonly #forgetVersions: Statement<[]>
  readonly #clear: Statement<[]>

  constructor(db: Database, rows: RowReader) {
    this.#rows = rows
    this.#save = db.prepare(
      `INSERT INTO mapping VALUES (:topic, :version, :data)
       ON CONFLICT (topic) DO UPDATE SET version = :version, data = :data`,
    )
    this.#remove = db.prepare('DELETE FROM mapping WHERE topic = ?')
    this.#all = db.prepare('SELECT version, data FROM mapping ORDER BY topic')
    this.#forgetVersions = db.prepare('UPDATE mapping SET version = 0')
    this.#clear = db.prepare('DELETE FROM mapping')
  }

  /** Within a transaction. */
  save(mapping: TopicMapping): void {
    const { topic, version } = mapping
    this.#save.run({ topic, version, data: topicMappingCodec.stringify(mapping) })
  }

  /** Within a transaction: the backend deleted it. */
  remove(topic: string): void {
    this.#remove.run(topic)
  }

  /** Sorted by topic. */
  all(): StoredMapping[] {
    return this.#all.all().flatMap(({ version, data }) => {
      const mapping = this.#rows.one('mapping', topicMappingCodec, data)
      return mapping === undefined ? [] : [{ mapping, version }]
    })
  }

  /** Within a transaction: another log of the backend. Its records count, whatever their versions. */
  forgetVersions(): void {
    this.#forgetVersions.run()
  }

  /** Within a transaction: another team or another database. */
  clear(): void {
    this.#clear.run()
  }
}
