import type { Fingerprint, ReadPosition } from '#shared/metric/read-position.ts'
import { partitionKey, type TopicPartition } from '../stream.ts'
import { type LogRange, planResume, type RecordLoss } from './resume-plan.ts'

/** No broker to read from: the partition has no leader, or it is not known yet. */
export const noBroker = -1

/** A batch of the broker's default limit fits. A larger one comes whole, if its partition is the first of a response. */
const usualBytes = 1024 * 1024 + 64 * 1024

/** How far one partition is read. */
export class PartitionState implements TopicPartition {
  readonly topic: string
  readonly partition: number
  readonly key: string
  /** Offset to fetch next. */
  fetchOffset = 0
  /** The record at `fetchOffset` was stored already and must be this one. */
  expectedRecord: Fingerprint | undefined
  /** The position that reading continues from; `undefined` before the first record. Nothing can be lost then. */
  stored: ReadPosition | undefined
  maxBytes = usualBytes
  /** Broker to read from: the leader, or the replica that the leader named. */
  nodeId = noBroker
  leader = noBroker
  /** Raised when what was fetched no longer counts. */
  generation = 0
  /** A loss is suspected and the broker is asked. Nothing is fetched until it answers. */
  isConfirming = false
  /** Everything was read at the last answer: what comes next has just been written. */
  isAtEnd = false

  constructor({ topic, partition }: TopicPartition) {
    this.topic = topic
    this.partition = partition
    this.key = partitionKey({ topic, partition })
  }

  /**
   * Continues at the stored position. What was fetched before no longer counts.
   * @param range `undefined` if unknown
   * @returns what may be lost, if the range is right
   */
  resume(stored: ReadPosition | undefined, range: LogRange | undefined): RecordLoss | undefined {
    const { fetchOffset, expectedRecord, loss } = planResume(stored, range)
    this.stored = stored
    this.fetchOffset = fetchOffset
    this.expectedRecord = expectedRecord
    this.isConfirming = false
    this.isAtEnd = false
    this.generation++
    return loss
  }

  /** Next offset to store, as far as fetched. */
  get nextOffset(): number {
    return this.expectedRecord ? Math.max(this.fetchOffset, this.stored?.next ?? 0) : this.fetchOffset
  }
}
