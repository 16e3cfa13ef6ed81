import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import type { MappingIndex } from '#shared/metric/mapping/mapping-index.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import type { RawBatch } from '../../../src-kafka/stream.ts'
import type { ConsoleRules } from '../alerts/console-rules.ts'
import type { RecordContext } from '../alerts/series-evaluator.ts'
import type { CacheRetention } from '../cache-retention.ts'
import { decodeMetrics, type DecodedMetrics } from './decode-metrics.ts'
import type { PartitionPositions } from './partition-positions.ts'

export interface MetricsReaderDeps {
  readonly store: Pick<ConsoleStore, 'counterRows' | 'knownSeries'>
  readonly partitions: PartitionPositions
  readonly rules: Pick<ConsoleRules, 'index'>
  readonly retention: CacheRetention
  readonly mappings: { readonly index: MappingIndex }
  readonly now: () => number
}

export interface ReadMetrics extends DecodedMetrics {
  readonly context: RecordContext
}

/**
 * Reads the records of all metrics topics. **Invariant**: after `commit` or `rollback`, what it knows of counters matches
 * the store.
 */
export class MetricsReader {
  readonly #deps: MetricsReaderDeps
  readonly #scanner = new SampleScanner()

  /** Goes on with the counters that are stored. */
  constructor(deps: MetricsReaderDeps) {
    this.#deps = deps
    this.#scanner.assembler.partitionsOf = (topic) => deps.partitions.partitionsOf(topic)
    this.#scanner.assembler.restore(deps.store.counterRows(), deps.store.knownSeries())
  }

  /** The new records of one partition, and what their evaluation depends on; `undefined` if there is nothing new. */
  read(raw: RawBatch): ReadMetrics | undefined {
    const { partitions, rules, retention, mappings, now } = this.#deps
    this.#scanner.mappings = mappings.index
    const { topic, partition } = raw
    const how = { scanner: this.#scanner, days: retention.limits.days, now: now() }
    const decoded = decodeMetrics(raw, partitions.position(topic, partition), how)
    if (!decoded) return undefined
    const { start } = decoded
    const context = {
      index: rules.index,
      isInBacklog: partitions.isInBacklog,
      isStartUnknown: start ? start.offset > 0 : partitions.hasUnreadStart(topic, partition),
    }
    return { ...decoded, context }
  }

  /** What was read is stored. */
  commit(): void {
    this.#scanner.assembler.commit()
  }

  /** What was read is not stored. */
  rollback(): void {
    this.#scanner.assembler.rollback()
  }

  /** The node left the lists. */
  drop(nodeId: string): void {
    this.#scanner.assembler.dropNode(nodeId)
  }
}
