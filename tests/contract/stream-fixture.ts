import { fingerprintOf } from '../../src-kafka/records/decode-batch.ts'
import { partitionKey, type PartitionLogRange, type StreamHandlers, type StreamStatus } from '../../src-kafka/stream.ts'
import type { Gap, ReadPosition } from '#shared/metric/read-position.ts'

/** The owner of a stream, in memory: stores like the console, and keeps everything for assertions. */
export class StreamFixture {
  readonly positions = new Map<string, ReadPosition>()
  /** `topic/partition@offset value`, in the order of arrival. */
  readonly received: string[] = []
  readonly gaps: Gap[] = []
  readonly unreadable: Array<{ topic: string; offset: number; reason: string }> = []
  readonly statuses: StreamStatus[] = []
  ends: readonly PartitionLogRange[] = []
  /** While set, storage fails with this error. */
  fault: Error | undefined

  readonly handlers: StreamHandlers = {
    position: (topic, partition) => this.positions.get(partitionKey({ topic, partition })),
    batch: ({ topic, partition, records }) => {
      if (this.fault) throw this.fault
      for (const { offset, value } of records) {
        this.received.push(`${topic}/${partition}@${offset} ${value === null ? 'null' : Buffer.from(value).toString()}`)
      }
      const last = records.at(-1)
      if (last) this.#move({ topic, partition, next: last.offset + 1, last: fingerprintOf(last) })
    },
    gap: (gap, resumeFrom) => {
      this.gaps.push(gap)
      this.#move(resumeFrom)
    },
    unreadable: ({ position: { topic, offset }, reason, resumeFrom }) => {
      this.unreadable.push({ topic, offset, reason })
      this.#move(resumeFrom)
    },
    status: (status) => this.statuses.push(status),
    logRanges: (ends) => (this.ends = ends),
  }

  get status(): StreamStatus | undefined {
    return this.statuses.at(-1)
  }

  /** Received values of one topic. */
  values(topic: string): string[] {
    return this.received.filter((line) => line.startsWith(`${topic}/`)).map((line) => line.slice(line.indexOf(' ') + 1))
  }

  #move(position: ReadPosition): void {
    this.positions.set(partitionKey(position), position)
  }
}
