import type { Log } from '#shared/log.ts'
import { valueCount } from '#shared/metric/sample-columns.ts'
import type { BatchTally } from '#shared/metric/sources/batch-tally.ts'
import type { Transition } from '#shared/alert/transition.ts'
import { NeedsNewerError } from '../http/needs-newer.ts'
import { kafkaStream } from '../../src-kafka/consume/kafka-stream.ts'
import type { ReadLimits } from '../../src-kafka/client/kafka-settings.ts'
import { PositionMovedError } from '../../src-kafka/client/kafka-failure.ts'
import { metricPattern } from '#shared/team/team-topics.ts'
import type { Stream, StreamHandlers, StreamStatus } from '../../src-kafka/stream.ts'
import type { Config } from '../config/config.ts'
import type { Pool } from '../db/db.ts'
import { ensurePartitions } from '../jobs/partitions.ts'
import { DayPartitions } from './write/day-partitions.ts'
import { IngestCounters } from './ingest-counters.ts'
import { Layouts } from './write/layouts.ts'
import { IngestReader } from './ingest-reader.ts'
import { AssignedPartitions } from './assigned-partitions.ts'
import { readPositions } from './positions-repo.ts'
import { MappingIndexCache } from './mapping-index-cache.ts'
import { RuleIndexCache } from './rule-index-cache.ts'
import { type IngestBatch, gapIngestBatch, unreadableIngestBatch } from './write/ingest-batch.ts'
import { NoDataEvaluator } from './no-data-evaluator.ts'
import type { WriteResult } from './write/write-batches.ts'
import { IngestWriter } from './write/ingest-writer.ts'
import { TopicSources } from './topic-sources.ts'

const tickMs = 1_000
/** How often a stopped replica checks whether it can read the rules and mappings again. */
const recheckMs = 5_000
/** Another row than a rule or a mapping stopped it: only new records show whether that row can be read again. */
const retryMs = 300_000

/**
 * The batches of a fetch wait together for one transaction, each with all records of its partition. So many may be
 * pending. A database returns sooner than a full disk, so retries are quick.
 */
const pace: ReadLimits = { queues: 2, sliceRecords: 20_000, maxBytes: 16 * 1024 * 1024, storageRetryMs: 2_000 }

export interface IngestDeps {
  readonly pool: Pool
  readonly config: Pick<Config, 'kafka' | 'retention'>
  readonly log: Log
  readonly now: () => number
}

export interface IngestStatus {
  readonly connected: boolean
  readonly kafka: StreamStatus
  /** Partitions assigned to this replica. */
  readonly partitions: number
  /** Records in them that are not read yet. */
  readonly lag: number
  /** Why this replica stores nothing at the moment, in one sentence. */
  readonly problem: string | undefined
}

export interface Ingest {
  /** `group`: consumer group of all replicas of this backend. */
  start(group: string): void
  /** Leaves the group after the current transaction. */
  stop(): Promise<void>
  status(): IngestStatus
  readonly counters: IngestCounters
}

/** Reads from Kafka into PostgreSQL until it is stopped. It survives outages of both. */
export function createIngest(deps: IngestDeps): Ingest {
  return new MetricIngest(deps)
}

class MetricIngest implements Ingest {
  readonly counters: IngestCounters
  readonly #deps: IngestDeps
  readonly #partitions = new AssignedPartitions()
  readonly #noData: NoDataEvaluator
  readonly #writer: IngestWriter
  readonly #rules = new RuleIndexCache()
  readonly #mappings = new MappingIndexCache()
  readonly #reader: IngestReader
  readonly #sources = new TopicSources()
  #stream: Stream | undefined
  #stopping: Promise<void> | undefined
  #problem: string | undefined
  #checkedAt = -Infinity
  #retryAt = -Infinity
  #hasEnded = false
  #group = ''
  #status: StreamStatus
  #ticker: NodeJS.Timeout | undefined
  #isTicking = false
  #isToLoad = false

  constructor(deps: IngestDeps) {
    const { pool, config, log, now } = (this.#deps = deps)
    const rules = this.#rules
    const days = new DayPartitions({
      ensure: (starts) => ensurePartitions(pool, starts),
      rawDays: config.retention.rawDays,
      now,
    })
    this.counters = new IngestCounters({
      connected: () => this.#status.kind === 'connected',
      lags: () => this.#partitions.lags(),
      leftOut: () => this.#noData.leftOut,
    })
    this.#status = { kind: 'connecting', since: now(), detail: 'Not started yet.' }
    this.#noData = new NoDataEvaluator({
      pool,
      rules,
      partitions: this.#partitions,
      transitions: (transitions) => this.#count(transitions),
      log,
    })
    this.#reader = new IngestReader({
      pool,
      mappings: this.#mappings,
      rawDays: config.retention.rawDays,
      now,
      position: (topic, partition) => this.#partitions.position(topic, partition),
      partitionsOf: (topic) => this.#partitions.partitionsOf(topic),
    })
    this.#writer = new IngestWriter({
      pool,
      caches: { rules, layouts: new Layouts(), days },
      counters: this.counters,
      hasOthers: (topic) => this.#partitions.hasOthers(topic),
      committed: (written) => this.#committed(written),
    })
  }

  start(group: string): void {
    this.#group = group
    this.#ticker ??= setInterval(() => void this.#tick(), tickMs)
    void this.#tick()
  }

  async stop(): Promise<void> {
    this.#hasEnded = true
    clearInterval(this.#ticker)
    await (this.#stopping ?? this.#stream?.stop())
  }

  status(): IngestStatus {
    const lag = this.#partitions.lags().reduce((sum, { lag: behind }) => sum + behind, 0)
    return {
      connected: this.#status.kind === 'connected',
      kafka: this.#status,
      partitions: this.#partitions.owned,
      lag,
      problem: this.#problem,
    }
  }

  #handlers(): StreamHandlers {
    const { pool, now } = this.#deps
    return {
      position: (topic, partition) => this.#partitions.position(topic, partition),
      batches: async (batches) => {
        await this.#stoppedBy(this.#reader.prepare(batches))
        await settleAll(batches.map((raw) => this.#reader.read(raw, (batch) => this.#write(batch))))
      },
      gap: (gap, resumeFrom, stored) => this.#write(gapIngestBatch(gap, resumeFrom, stored)),
      unreadable: (batch) => {
        const { topic, partition } = batch.position
        return this.#write(unreadableIngestBatch(batch, now(), this.#partitions.position(topic, partition)))
      },
      refreshPositions: async () => {
        await this.#reader.readKnownSeries()
        this.#partitions.setPositions(await readPositions(pool))
      },
      assigned: (partitions) => {
        this.#partitions.assign(partitions)
        this.#isToLoad = true
      },
      status: (status) => {
        this.#status = status
        if (status.kind !== 'connected') this.#partitions.forgetEnds()
      },
      logRanges: (ends) => this.#partitions.setEnds(ends, now()),
    }
  }

  #write(batch: IngestBatch): Promise<void> {
    return this.#stoppedBy(this.#writer.write(batch))
  }

  /** Stops the ingest for a row that only a newer version can read. */
  async #stoppedBy(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      if (error instanceof NeedsNewerError) this.#stopFor(error)
      throw error
    }
  }

  /**
   * Reads the log only while the stored rules and mappings can be read: this version must not evaluate what it does not understand.
   * Until then, newer replicas take the partitions.
   */
  async #openStream(): Promise<void> {
    const { config, log, pool, now } = this.#deps
    if (now() - this.#checkedAt < recheckMs) return
    this.#checkedAt = now()
    try {
      await this.#rules.read(pool)
      await this.#mappings.read(pool)
    } catch (error) {
      // While PostgreSQL is unreachable, the stream waits for it too.
      if (error instanceof NeedsNewerError) {
        this.#retryAt = -Infinity
        return this.#stopWork(error)
      }
    }
    if (this.#hasEnded || now() < this.#retryAt) return
    if (this.#problem !== undefined) log.info('the ingest resumes: it can read all stored rules and mappings')
    this.#problem = undefined
    this.#stream = kafkaStream({
      settings: { ...config.kafka, topicPattern: metricPattern(config.kafka.topicPattern) },
      group: this.#group,
      limits: pace,
      handlers: this.#handlers(),
      log: log.child({ part: 'kafka' }),
      now,
    })
    this.#stream.start()
  }

  #stopFor(error: NeedsNewerError): void {
    this.#retryAt = this.#deps.now() + retryMs
    this.#stopWork(error)
  }

  /** Leaves the group. Not awaited: the caller may be a handler of the stream. */
  #stopWork({ message }: NeedsNewerError): void {
    if (this.#problem !== message) this.#deps.log.error('the ingest stopped', { problem: message })
    this.#problem = message
    this.#stopping ??= this.#stream?.stop().finally(() => {
      this.#stream = undefined
      this.#stopping = undefined
      this.#partitions.assign([])
    })
  }

  #committed({ outcomes, nodes, transitions, duplicates, outsideRetention }: WriteResult): void {
    const { now } = this.#deps
    for (const { position, stored } of outcomes) {
      this.#partitions.moveTo(position)
      if (stored) this.#countBatch(stored)
    }
    this.#noData.recordsStored(nodes, now())
    this.#count(transitions)
    if (duplicates > 0) this.counters.duplicates(duplicates)
    if (outsideRetention > 0) this.counters.outsideRetention(outsideRetention)
  }

  #countBatch(batch: IngestBatch): void {
    const { counters } = this
    const { topic, columns, rejects, gap, tally } = batch
    this.#partitions.received(batch, batch.end, this.#deps.now())
    if (gap) {
      counters.gap()
      this.#deps.log.warn('records lost', { ...gap })
    }
    if (tally) this.#tally(tally)
    else counters.messages(topic, rejects.length)
    counters.samples(valueCount(columns))
    for (const { reject } of rejects) counters.rejected(reject.code)
  }

  #tally(tally: BatchTally): void {
    this.counters.tally(tally)
    this.#sources.add(tally)
  }

  #count(transitions: readonly Transition[]): void {
    for (const { kind } of transitions) this.counters.transition(kind)
  }

  /** Evaluates missing data, one run at a time. The stream reports an unreachable database. */
  async #tick(): Promise<void> {
    if (this.#isTicking) return
    this.#isTicking = true
    try {
      if (this.#stream === undefined) return await this.#openStream()
      if (this.#isToLoad) {
        this.#isToLoad = false
        await this.#noData.load()
      }
      await this.#noData.tick(this.#deps.now())
      await this.#sources.write(this.#deps.pool, this.#deps.now())
    } catch (cause) {
      this.#isToLoad = true
      if (cause instanceof NeedsNewerError) this.#stopFor(cause)
      this.#deps.log.debug('cannot evaluate missing data', { cause })
    } finally {
      this.#isTicking = false
    }
  }
}

/** Waits for all. @throws what stops storing, before a position that another replica moved */
async function settleAll(writes: ReadonlyArray<Promise<void>>): Promise<void> {
  const results = await Promise.allSettled(writes)
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  if (errors.length > 0) throw errors.find((error) => !(error instanceof PositionMovedError)) ?? errors[0]
}
