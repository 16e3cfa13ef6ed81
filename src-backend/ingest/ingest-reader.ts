import { dayMs } from '#shared/format/time-units.ts'
import type { ReadPosition } from '#shared/metric/read-position.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import { PositionMovedError } from '../../src-kafka/client/kafka-failure.ts'
import { partitionKey, type RawBatch, type TopicPartition } from '../../src-kafka/stream.ts'
import type { Pool } from '../db/db.ts'
import { readCounters } from './counters/counters-repo.ts'
import { PartitionCounters } from './counters/partition-counters.ts'
import { ForgottenNodes } from './forgotten-nodes.ts'
import type { MappingIndexCache } from './mapping-index-cache.ts'
import { readKnownSeries } from './node-parts-repo.ts'
import { ingestBatchOf, type IngestBatch } from './write/ingest-batch.ts'

export interface IngestReaderDeps {
  readonly pool: Pool
  readonly mappings: Pick<MappingIndexCache, 'read'>
  readonly rawDays: number
  readonly now: () => number
  /** The stored position of a partition, as this replica knows it. */
  readonly position: (topic: string, partition: number) => ReadPosition | undefined
  /** How many partitions the topic has. */
  readonly partitionsOf: (topic: string) => number
}

/**
 * Makes samples of the records of this replica's partitions. A rate depends on the records before it. So the counters of
 * a partition are read from the database whenever it does not continue where this replica stored it last: after a start,
 * when another replica had it, after a failure.
 */
export class IngestReader {
  readonly #deps: IngestReaderDeps
  readonly #scanner = new SampleScanner()
  readonly #counters = new Map<string, PartitionCounters>()
  /** Partitions with a batch that is being stored. */
  readonly #busy = new Map<string, Promise<void>>()
  readonly #forgotten = new ForgottenNodes()
  /** Nodes whose stored series are known. */
  readonly #known = new Set<string>()

  constructor(deps: IngestReaderDeps) {
    this.#deps = deps
    this.#scanner.assembler.partitionsOf = deps.partitionsOf
  }

  /** Series that are stored stay so, whatever comes first after a start. */
  async readKnownSeries(): Promise<void> {
    const known = await readKnownSeries(this.#deps.pool)
    const fresh = known.filter(({ nodeId }) => !this.#known.has(nodeId))
    for (const { nodeId } of fresh) this.#known.add(nodeId)
    this.#scanner.assembler.restore([], fresh)
  }

  /**
   * Before the batches of a fetch are read: what others changed since the last one. A mapping that is saved from now on is
   * in effect for records of after this fetch only. Reads the counters of all these partitions at once, where they are not
   * known.
   * @throws NeedsNewerError for a mapping that this version must not read by
   */
  async prepare(batches: readonly RawBatch[]): Promise<void> {
    const { pool, mappings } = this.#deps
    this.#scanner.mappings = await mappings.read(pool)
    for (const nodeId of await this.#forgotten.sinceLast(pool)) this.#dropNode(nodeId)
    const unknown = batches.filter((batch) => !this.#busy.has(partitionKey(batch)) && !this.#isKnown(batch))
    if (unknown.length > 0) await this.#load(unknown)
  }

  /**
   * Decodes a batch and stores it, one of a partition at a time.
   * @throws PositionMovedError; what `store` throws
   */
  async read(raw: RawBatch, store: (batch: IngestBatch) => Promise<void>): Promise<void> {
    const key = partitionKey(raw)
    for (let busy = this.#busy.get(key); busy; busy = this.#busy.get(key)) await busy
    if (!this.#isKnown(raw)) await this.#load([raw])
    if (!this.#isKnown(raw)) throw new PositionMovedError(`${key} was moved by another replica`)
    const working = this.#decodeAndStore(raw, store)
    this.#busy.set(
      key,
      working.catch(() => undefined),
    )
    try {
      await working
    } finally {
      this.#busy.delete(key)
    }
  }

  /** It may come again with other series. Its counters stay: each reader forgets it at another record. */
  #dropNode(nodeId: string): void {
    this.#known.delete(nodeId)
    this.#scanner.assembler.dropNode(nodeId)
  }

  async #decodeAndStore(raw: RawBatch, store: (batch: IngestBatch) => Promise<void>): Promise<void> {
    const { assembler } = this.#scanner
    const { rawDays, now, position } = this.#deps
    const counters = this.#countersOf(raw)
    assembler.keptFrom = now() - rawDays * dayMs
    const batch = ingestBatchOf(raw, position(raw.topic, raw.partition), this.#scanner)
    if (!batch) return
    try {
      await store({ ...batch, counters })
    } catch (error) {
      counters.next = undefined
      assembler.rollback(raw)
      throw error
    }
    assembler.commit(raw)
    counters.next = counters.isInDoubt ? undefined : batch.next.next
    counters.isInDoubt = false
  }

  #isKnown(raw: RawBatch): boolean {
    const { next } = this.#countersOf(raw)
    return next !== undefined && next === this.#nextOf(raw)
  }

  #nextOf({ topic, partition }: TopicPartition): number {
    return this.#deps.position(topic, partition)?.next ?? 0
  }

  async #load(partitions: readonly TopicPartition[]): Promise<void> {
    for (const stored of await readCounters(this.#deps.pool, partitions)) {
      if (this.#busy.has(partitionKey(stored))) continue
      this.#countersOf(stored).load(stored.rows, stored.next)
      this.#scanner.assembler.restore(stored.rows)
    }
  }

  #countersOf(of: TopicPartition): PartitionCounters {
    const key = partitionKey(of)
    let counters = this.#counters.get(key)
    if (!counters) this.#counters.set(key, (counters = new PartitionCounters()))
    return counters
  }
}
