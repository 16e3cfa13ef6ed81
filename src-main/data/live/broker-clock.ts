import {
  clockSkewText,
  clockSources,
  noSkew,
  readingOfAnswer,
  readingOfAppend,
  readingOfNodes,
  skewAt,
  withReading,
  type ClockReading,
  type ClockSkew,
  type ClockSource,
} from '#shared/health/clock-skew.ts'
import type { NodeKey, SampleColumns } from '#shared/metric/sample-columns.ts'
import type { BrokerTime } from '../../../src-kafka/stream.ts'
import type { StoreNotice } from '../../store/store-types.ts'

/** Of the records of this time, the fastest counts: it tells the most. */
const windowMs = 10_000
/** So long after a reading, less certain ones do not count. */
const countsMs = 60_000
/** The longest time from the stamp of a record to its arrival: batches of the producer, replication, the next fetch. */
const recordDelayMs = 2_000
/** More nodes tell nothing more. */
const nodesAtMost = 1_000

/** The clock of this computer compared with that of Kafka. Only for the operator: the evaluation uses event time. */
export class BrokerClock {
  #skew: ClockSkew = noSkew
  readonly #readAt = new Map<ClockSource, number>()
  #appended: ClockReading | undefined
  readonly #ofNodes = new Map<string, number>()
  #windowSince = -Infinity

  /** An answer of Kafka, or a record that a broker stamped. */
  add(time: BrokerTime): void {
    const { receivedAt, brokerTime } = time
    if (time.kind === 'answer') return this.#count(readingOfAnswer(time.sentAt, receivedAt, brokerTime))
    const reading = readingOfAppend(brokerTime, receivedAt, recordDelayMs)
    if (!this.#appended || reading.skewMs < this.#appended.skewMs) this.#appended = reading
    this.#endWindow(receivedAt)
  }

  /**
   * Notes stored samples.
   * @param now their arrival time, epoch ms
   * @param isBacklog they may have waited in Kafka: their stamps tell nothing
   */
  stored({ directory, node, recordedAt, count }: SampleColumns, now: number, isBacklog: boolean): void {
    if (isBacklog || this.#isBetterKnown('nodes', now)) return
    for (let i = 0; i < count; i++) {
      const stamp = recordedAt[i] as number
      if (stamp < 0) continue
      const { id } = directory.nodes[node[i] as number] as NodeKey
      const fastest = this.#ofNodes.get(id)
      if (fastest === undefined ? this.#ofNodes.size < nodesAtMost : now - stamp < fastest) {
        this.#ofNodes.set(id, now - stamp)
      }
    }
    this.#endWindow(now)
  }

  notices(now: number): StoreNotice[] {
    const skewMs = skewAt(this.#skew, now)
    if (skewMs === undefined) return []
    return [{ id: 'clock-skew', severity: 'warning', text: clockSkewText(skewMs, this.#skew.source) }]
  }

  /** The clock of this computer was set back: what is known is void. */
  clear(): void {
    this.#skew = noSkew
    this.#readAt.clear()
    this.#windowSince = -Infinity
    this.#appended = undefined
    this.#ofNodes.clear()
  }

  #endWindow(now: number): void {
    if (this.#windowSince === -Infinity) this.#windowSince = now
    if (Math.abs(now - this.#windowSince) < windowMs) return
    const nodes = readingOfNodes([...this.#ofNodes.values()], now, recordDelayMs)
    if (this.#appended) this.#count({ ...this.#appended, at: now })
    if (nodes) this.#count(nodes)
    this.#windowSince = now
    this.#appended = undefined
    this.#ofNodes.clear()
  }

  #count(reading: ClockReading): void {
    const { source, at } = reading
    if (this.#isBetterKnown(source, at)) return
    this.#readAt.set(source, at)
    this.#skew = withReading(this.#skew, reading)
  }

  #isBetterKnown(source: ClockSource, now: number): boolean {
    const better = clockSources.slice(0, clockSources.indexOf(source))
    return better.some((one) => Math.abs(now - (this.#readAt.get(one) ?? -Infinity)) < countsMs)
  }
}
