import { isDeepStrictEqual } from 'node:util'
import type { FieldMapping, TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import { mappingIndex, type MappingIndex } from '#shared/metric/mapping/mapping-index.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import type { MappingWrite } from '../../store/groups/mapping-store.ts'
import type { StoredMapping } from '../../store/tables/mapping-table.ts'

export interface TopicMappingsDeps {
  readonly store: Pick<ConsoleStore, 'mappings'>
  /** Without a backend, only those of this console count. */
  readonly hasBackend: boolean
  /** Of this console's settings. */
  readonly own: readonly FieldMapping[]
}

/**
 * The mappings by which records are read here: the newest records of the team, and those of this console's settings.
 * Records are staged until `commit`; `rollback` discards them.
 */
export class TopicMappings {
  readonly #records: Map<string, StoredMapping>
  readonly #staged = new Map<string, TopicMapping>()
  readonly #deleted = new Set<string>()
  #isCleared = false
  #own: readonly FieldMapping[]
  #index: MappingIndex

  constructor({ store, hasBackend, own }: TopicMappingsDeps, isOtherTeam = false) {
    const ofTeam = isOtherTeam || !hasBackend ? [] : store.mappings.all()
    this.#records = new Map(ofTeam.map((one) => [one.mapping.topic, one]))
    this.#own = own
    this.#index = this.#newIndex()
  }

  /** Another object after each change. */
  get index(): MappingIndex {
    return this.#index
  }

  /** What the team has, sorted by topic. */
  team(): TopicMapping[] {
    const mappings = [...this.#records.values()].map(({ mapping }) => mapping)
    return mappings.sort((a, b) => (a.topic < b.topic ? -1 : 1))
  }

  /** Those of this console from now on. @returns topics that may be read otherwise */
  setOwn(own: readonly FieldMapping[]): readonly string[] {
    const before = new Map(this.#own.map((one) => [one.topic, one]))
    const after = new Map(own.map((one) => [one.topic, one]))
    const topics = new Set([...before.keys(), ...after.keys()])
    this.#own = own
    this.#index = this.#newIndex()
    return [...topics].filter((topic) => !isDeepStrictEqual(before.get(topic), after.get(topic)))
  }

  /** The version of the record that counts; 0 without one. */
  versionOf(topic: string): number {
    if (this.#deleted.has(topic)) return 0
    return this.#staged.get(topic)?.version ?? this.#records.get(topic)?.version ?? 0
  }

  /** Stages a record of the backend, unless a newer one is known. */
  stage(mapping: TopicMapping): void {
    if (mapping.version <= this.versionOf(mapping.topic)) return
    this.#deleted.delete(mapping.topic)
    this.#staged.set(mapping.topic, mapping)
  }

  /** The backend deleted it. */
  stageDelete(topic: string): void {
    this.#staged.delete(topic)
    this.#deleted.add(topic)
  }

  /** Another team or another database: its mappings do not count any more. */
  stageClear(): void {
    this.#isCleared = true
  }

  /** For the transaction that stores them. */
  staged(): MappingWrite {
    return { records: [...this.#staged.values()], deleted: [...this.#deleted] }
  }

  /** @returns topics that may be read otherwise */
  commit(): readonly string[] {
    if (!this.#isCleared && this.#staged.size + this.#deleted.size === 0) return []
    const topics = new Set([...this.#staged.keys(), ...this.#deleted])
    if (this.#isCleared) {
      for (const topic of this.#records.keys()) topics.add(topic)
      this.#records.clear()
    }
    for (const topic of this.#deleted) this.#records.delete(topic)
    for (const [topic, mapping] of this.#staged) this.#records.set(topic, { mapping, version: mapping.version })
    this.rollback()
    this.#index = this.#newIndex()
    return [...topics]
  }

  rollback(): void {
    this.#staged.clear()
    this.#deleted.clear()
    this.#isCleared = false
  }

  /** Another log of the same database: its records count, whatever their versions. */
  forgetVersions(): void {
    for (const [topic, { mapping }] of this.#records) this.#records.set(topic, { mapping, version: 0 })
  }

  #newIndex(): MappingIndex {
    return mappingIndex(this.#own, this.team())
  }
}
