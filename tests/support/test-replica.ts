import type { Pool } from 'pg'
import type { BatchTally } from '#shared/metric/sources/batch-tally.ts'
import { AssignedPartitions } from '../../src-backend/ingest/assigned-partitions.ts'
import { IngestReader } from '../../src-backend/ingest/ingest-reader.ts'
import { MappingIndexCache } from '../../src-backend/ingest/mapping-index-cache.ts'
import { readPositions } from '../../src-backend/ingest/positions-repo.ts'
import { RuleIndexCache } from '../../src-backend/ingest/rule-index-cache.ts'
import { DayPartitions } from '../../src-backend/ingest/write/day-partitions.ts'
import { IngestWriter } from '../../src-backend/ingest/write/ingest-writer.ts'
import { Layouts } from '../../src-backend/ingest/write/layouts.ts'
import { ensurePartitions } from '../../src-backend/jobs/partitions.ts'
import { aRawBatch } from '../../src-kafka/records/run-builders.ts'
import type { RawRecord } from '../../src-kafka/stream.ts'

/** Reader and writer of a replica with its own memory. It knows of others only what the database says. */
export class TestReplica {
  /** What the stored batches are, in their order. */
  readonly tallies: BatchTally[] = []
  readonly #pool: Pool
  readonly #partitions = new AssignedPartitions()
  readonly #writer: IngestWriter
  readonly #reader: IngestReader

  constructor(pool: Pool) {
    this.#pool = pool
    const now = Date.now
    const days = new DayPartitions({ ensure: (each) => ensurePartitions(pool, each), rawDays: 14, now })
    this.#writer = new IngestWriter({
      pool,
      caches: { rules: new RuleIndexCache(), layouts: new Layouts(), days },
      counters: { transaction: () => undefined },
      hasOthers: () => true,
      committed: ({ outcomes }) => {
        for (const { position, stored } of outcomes) {
          this.#partitions.moveTo(position)
          if (stored?.tally) this.tallies.push(stored.tally)
        }
      },
    })
    const position = (topic: string, partition: number) => this.#partitions.position(topic, partition)
    this.#reader = new IngestReader({
      pool,
      mappings: new MappingIndexCache(),
      rawDays: 14,
      now,
      position,
      partitionsOf: () => 1,
    })
  }

  /** As the stream does when partitions are assigned. */
  async refresh(): Promise<void> {
    await this.#reader.readKnownSeries()
    this.#partitions.setPositions(await readPositions(this.#pool))
  }

  /** @param fails whether the transaction does */
  async read(topic: string, partition: number, records: readonly RawRecord[], fails = false): Promise<void> {
    const raw = aRawBatch({ topic, partition, records })
    await this.#reader.prepare([raw])
    await this.#reader.read(raw, (batch) => {
      return fails ? Promise.reject(new Error('the database is away')) : this.#writer.write(batch)
    })
  }
}

export interface StoredValue {
  readonly metric: string
  /** Event time, epoch ms. */
  readonly at: number
  readonly value: number
}

/** By time and metric. */
export async function storedValuesOf(pool: Pool, node: string): Promise<StoredValue[]> {
  const { rows } = await pool.query<StoredValue>(
    `select listed.metric, extract(epoch from at)::float8 * 1000 as at, listed.value
     from sample join layout on layout.id = sample.layout join node on node.id = sample.node
     cross join lateral unnest(layout.metrics, values) as listed (metric, value)
     where node_id = $1 order by at, metric limit 10000`,
    [node],
  )
  return rows
}
