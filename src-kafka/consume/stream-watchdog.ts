import { partitionKey, type PartitionLogRange } from '../stream.ts'
import { withTimeout } from '../client/waiting.ts'

const stalledAfterMs = 60_000
const roundLimitMs = 60_000

export interface StreamWatchdogDeps {
  readonly everyMs: () => number
  readonly now: () => number
  /** Looks for new topics, partitions and leaders. */
  readonly refresh: () => Promise<void>
  readonly logRanges: () => Promise<readonly PartitionLogRange[]>
  readonly report: (ranges: readonly PartitionLogRange[]) => void
  /** Compares the clocks. Never rejects. */
  readonly clock: () => Promise<void>
  /** Next offsets to read; `undefined` while reading is paused on purpose. */
  readonly offsets: () => Iterable<{ topic: string; partition: number; offset: number }> | undefined
  /** A partition is not read although it has records: one clause. */
  readonly stalled: (clause: string) => void
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

/** Checks in rounds: topics and leaders, log ranges, progress of reading. */
export class StreamWatchdog {
  readonly #deps: StreamWatchdogDeps
  #marks = new Map<string, ProgressMark>()
  #timer: NodeJS.Timeout | undefined
  #isStopped = false
  #isChecking = false

  constructor(deps: StreamWatchdogDeps) {
    this.#deps = deps
  }

  start(): void {
    if (!this.#isStopped) this.#schedule(this.#deps.everyMs())
  }

  /** The group reported new topics. */
  checkNow(): void {
    if (this.#isChecking || this.#isStopped) return
    clearTimeout(this.#timer)
    this.#schedule(0)
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  #schedule(ms: number): void {
    this.#timer = setTimeout(() => void this.#round(), ms)
  }

  async #round(): Promise<void> {
    this.#isChecking = true
    try {
      await withTimeout(roundLimitMs, 'looking at topics', this.#check())
    } catch (error) {
      if (!this.#isStopped) this.#deps.failed(error)
    } finally {
      this.#isChecking = false
      this.start()
    }
  }

  async #check(): Promise<void> {
    await this.#deps.refresh()
    const ranges = await this.#deps.logRanges()
    if (this.#isStopped) return
    this.#deps.report(ranges)
    this.#watchProgress(ranges)
    await this.#deps.clock()
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
    this.#deps.stalled(`no progress for ${seconds} s on ${stalled.slice(0, 3).join(', ')}, although new records exist`)
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
 * One round: partitions with unread records that have not moved for `limitMs` are stalled. A client can be connected and
 * deliver nothing for hours without an error.
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
