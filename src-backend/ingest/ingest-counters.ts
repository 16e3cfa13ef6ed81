import type { RejectionCode } from '#shared/metric/sample.ts'
import type { BatchTally } from '#shared/metric/sources/batch-tally.ts'
import { Counter, Gauge, Histogram, type Metric } from 'prom-client'
import type { AssignedPartitionLag } from './assigned-partitions.ts'

/** A topic per node would create as many series. Topics beyond this number share one series. */
const topicsAtMost = 200
const partitionsAtMost = 500
const rest = 'other'

/** What the gauges read at each scrape. */
export interface IngestFigures {
  readonly connected: () => boolean
  readonly lags: () => readonly AssignedPartitionLag[]
  readonly leftOut: () => number
}

/** Prometheus metrics of the ingest. Counters start with the process. */
export class IngestCounters {
  /** For the registry of the process. */
  readonly metrics: readonly Metric[]
  readonly #topics = new Set<string>()
  readonly #messages = counter('messages', 'Records read from Kafka and processed', ['topic'])
  readonly #samples = counter('samples', 'Values taken in')
  readonly #formats = counter('records', 'Records with values, by the format that they are read as', ['format'])
  readonly #passed = counter('passed_over', 'Records without values that are no errors', ['reason'])
  readonly #left = counter('left_out_series', 'Series of a record that are not stored, because of a bound', ['bound'])
  readonly #rejected = counter('rejected', 'Records that could not be read', ['reason'])
  readonly #duplicates = counter('duplicates', 'Samples of a node and an instant that were stored before')
  readonly #outsideRetention = counter(
    'not_kept',
    'Samples older than the retention, which are rejected, or more than a day ahead, which are only evaluated',
  )
  readonly #gaps = counter('gaps', 'Times that records were lost before they were read')
  readonly #transitions = counter('transitions', 'Changes of alerts', ['kind'])
  readonly #seconds = new Histogram({
    name: 'remo_ingest_transaction_seconds',
    help: 'Duration of ingest transactions',
    labelNames: ['outcome'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [],
  })

  constructor(now: IngestFigures) {
    const connected = gauge({ name: 'remo_kafka_connected', help: '1 while this replica reads from Kafka' }, (set) =>
      set({}, now.connected() ? 1 : 0),
    )
    const partitions = gauge({ name: 'remo_ingest_partitions', help: 'Partitions assigned to this replica' }, (set) =>
      set({}, now.lags().length),
    )
    const lag = lagGauge(now.lags)
    const leftOutHelp = 'Nodes whose missing data cannot be evaluated: they never count as offline'
    const leftOut = gauge({ name: 'remo_ingest_left_out_nodes', help: leftOutHelp }, (set) => set({}, now.leftOut()))
    this.metrics = [
      ...[this.#formats, this.#passed, this.#left],
      ...[this.#messages, this.#samples, this.#rejected, this.#duplicates, this.#outsideRetention, this.#gaps],
      ...[this.#transitions, this.#seconds, connected, partitions, lag, leftOut],
    ] as Metric[]
  }

  messages(topic: string, count: number): void {
    if (this.#topics.size < topicsAtMost) this.#topics.add(topic)
    this.#messages.inc({ topic: this.#topics.has(topic) ? topic : rest }, count)
  }

  /** What the records of a batch are. */
  tally({ topic, records, formats, passed, bounds }: BatchTally): void {
    this.messages(topic, records)
    for (const [format, count] of formats) this.#formats.inc({ format }, count)
    for (const [reason, count] of passed) this.#passed.inc({ reason }, count)
    for (const { bound, left } of bounds) this.#left.inc({ bound }, left)
  }

  samples(count: number): void {
    this.#samples.inc(count)
  }

  rejected(reason: RejectionCode): void {
    this.#rejected.inc({ reason })
  }

  duplicates(count: number): void {
    this.#duplicates.inc(count)
  }

  outsideRetention(count: number): void {
    this.#outsideRetention.inc(count)
  }

  gap(): void {
    this.#gaps.inc()
  }

  transition(kind: string): void {
    this.#transitions.inc({ kind })
  }

  transaction(outcome: 'committed' | 'failed', seconds: number): void {
    this.#seconds.observe({ outcome }, seconds)
  }
}

function counter<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
  return new Counter({ name: `remo_ingest_${name}_total`, help, labelNames, registers: [] })
}

function lagGauge(lags: () => readonly AssignedPartitionLag[]): Gauge {
  const labelNames = ['topic', 'partition']
  return gauge({ name: 'remo_ingest_lag_messages', help: 'Unread records of a partition', labelNames }, (set) => {
    const all = lags()
    for (const { topic, partition, lag } of all.slice(0, partitionsAtMost)) {
      set({ topic, partition: String(partition) }, lag)
    }
    const others = all.slice(partitionsAtMost)
    if (others.length > 0) {
      set(
        { topic: rest, partition: rest },
        others.reduce((sum, { lag }) => sum + lag, 0),
      )
    }
  })
}

type Set = (labels: Record<string, string>, value: number) => void

function gauge(named: { name: string; help: string; labelNames?: string[] }, read: (set: Set) => void): Gauge {
  return new Gauge({
    ...named,
    registers: [],
    collect() {
      this.reset()
      read((labels, value) => this.set(labels, value))
    },
  })
}
