import { fingerprintOf } from '../../src-kafka/records/decode-batch.ts'
import { recordAt } from '../../src-kafka/records/record-at.ts'
import {
  partitionKey,
  type PartitionLogRange,
  type RawBatch,
  type StreamHandlers,
  type StreamStatus,
} from '../../src-kafka/stream.ts'
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
    batches: (batches) => {
      if (this.fault) throw this.fault
      for (const batch of batches) this.#store(batch)
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

  #store({ topic, partition, runs, next }: RawBatch): void {
    let last = this.positions.get(partitionKey({ topic, partition }))?.last ?? null
    for (const run of runs) {
      for (let i = 0; i < run.count; i++) {
        const record = recordAt(run, i)
        const { offset, value } = record
        this.received.push(`${topic}/${partition}@${offset} ${value === null ? 'null' : value.toString()}`)
        last = { ...fingerprintOf(record), offset }
      }
    }
    this.#move({ topic, partition, next, last })
  }

  #move(position: ReadPosition): void {
    this.positions.set(partitionKey(position), position)
  }
}
