import type { TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { MappingTable, StoredMapping } from '../tables/mapping-table.ts'

/** What a transaction changes of the backend's mappings. */
export interface MappingWrite {
  readonly records: readonly TopicMapping[]
  /** Topics whose records the backend deleted. */
  readonly deleted: readonly string[]
}

/** How the team of this console reads topics of their own shape. */
export class MappingStore {
  readonly #table: MappingTable

  constructor(table: MappingTable) {
    this.#table = table
  }

  /** Sorted by topic. */
  all(): readonly StoredMapping[] {
    return this.#table.all()
  }

  /** Within a transaction. */
  write({ records, deleted }: MappingWrite): void {
    for (const topic of deleted) this.#table.remove(topic)
    for (const mapping of records) this.#table.save(mapping)
  }

  /** Within a transaction: another log of the same database. */
  forgetVersions(): void {
    this.#table.forgetVersions()
  }

  /** Within a transaction: another team or another database. */
  clear(): void {
    this.#table.clear()
  }
}
