import type { Admin } from 'kafkajs'
import { partitionKey, type PartitionLogRange } from '../stream.ts'
import { readLogRanges } from '../client/log-ranges.ts'
import { KafkaTimeoutError } from '../client/kafka-failure.ts'
import { withTimeout } from '../client/waiting.ts'
import { matchingTopics, topicChanges } from '../client/topics.ts'

const stalledAfterMs = 60_000
const roundLimitMs = 60_000

export interface StreamWatchdogDeps {
  /** On its own connection, to notice what the consumer's connection does not. */
  readonly admin: Admin
  readonly topicPattern: string
  /** The subscribed topics. */
  readonly topics: readonly string[]
  readonly everyMs: number
  readonly now: () => number
  /** Next offsets to read; `undefined` while reading is paused on purpose. */
  readonly offsets: () => Iterable<{ topic: string; partition: number; offset: number }> | undefined
  readonly logRanges: (ranges: readonly PartitionLogRange[]) => void
  readonly topicsChanged: (changes: { added: string[]; removed: string[] }) => void
  readonly failed: (error: unknown) => void
}

/** Offset that a partition was read to, and since when. */
export interface ProgressMark {
  readonly offset: number
  readonly since: number
}

export interface PartitionProgress {
  /** `partitionKey` */
  readonly key: string
  readonly offset: number
  readonly end: number
}

/** Checks in rounds: new or deleted topics, log ranges, progress of reading. */
export class StreamWatchdog {
  readonly #deps: StreamWatchdogDeps
  #marks = new Map<string, ProgressMark>()
  #timer: NodeJS.Timeout | undefined
  #stopped = false
  #checking = false

  constructor(deps: StreamWatchdogDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#schedule(this.#deps.everyMs)
  }

  /** The group reported new topics. */
  checkNow(): void {
    if (this.#checking || this.#stopped) return
    clearTimeout(this.#timer)
    this.#schedule(0)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  #schedule(ms: number): void {
    this.#timer = setTimeout(() => void this.#round(), ms)
  }

  async #round(): Promise<void> {
    this.#checking = true
    try {
      await withTimeout(roundLimitMs, 'looking at topics', this.#check())
      if (!this.#stopped) this.start()
    } catch (error) {
      if (!this.#stopped) this.#deps.failed(error)
    } finally {
      this.#checking = false
    }
  }

  async #check(): Promise<void> {
    const { admin, topics, topicPattern } = this.#deps
    const changes = topicChanges(topics, matchingTopics(await admin.listTopics(), topicPattern))
    if (this.#stopped) return
    if (changes.added.length > 0 || changes.removed.length > 0) return this.#deps.topicsChanged(changes)
    const ranges = await readLogRanges(admin, topics)
    if (this.#stopped) return
    this.#deps.logRanges(ranges)
    this.#watchProgress(ranges)
  }

  #watchProgress(ranges: readonly PartitionLogRange[]): void {
    const offsets = this.#deps.offsets()
    const { marks, stalled } = findStalled(this.#marks, offsets ? progressOf(offsets, ranges) : [], {
      now: this.#deps.now(),
      limitMs: stalledAfterMs,
    })
    this.#marks = marks
    if (stalled.length === 0) return
    const seconds = stalledAfterMs / 1000
    this.#deps.failed(
      new KafkaTimeoutError(
        `no progress for ${seconds} s on ${stalled.slice(0, 3).join(', ')}, although new records exist`,
      ),
    )
  }
}

function progressOf(
  offsets: Iterable<{ topic: string; partition: number; offset: number }>,
  ranges: readonly PartitionLogRange[],
): PartitionProgress[] {
  const endOf = new Map(ranges.map((range) => [partitionKey(range), range.end]))
  return Array.from(offsets, ({ topic, partition, offset }) => {
    const key = partitionKey({ topic, partition })
    return { key, offset, end: endOf.get(key) ?? offset }
  })
}

/**
 * One round: partitions with unread records that have not moved for `limitMs` are stalled. A client can be connected,
 * send heartbeats and deliver nothing for hours without an error.
 */
export function findStalled(
  marks: ReadonlyMap<string, ProgressMark>,
  partitions: readonly PartitionProgress[],
  { now, limitMs }: { readonly now: number; readonly limitMs: number },
): { marks: Map<string, ProgressMark>; stalled: string[] } {
  const next = new Map<string, ProgressMark>()
  const stalled: string[] = []
  for (const { key, offset, end } of partitions) {
    if (offset >= end) continue
    const before = marks.get(key)
    const mark = before?.offset === offset ? before : { offset, since: now }
    next.set(key, mark)
    if (now - mark.since >= limitMs) stalled.push(key)
  }
  return { marks: next, stalled }
}
