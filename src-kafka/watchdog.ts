import type { Admin } from 'kafkajs'
import type { PartitionEnd } from './stream.ts'
import { readEnds } from './broker-ends.ts'
import { NoAnswerError } from './failure.ts'
import { type Mark, type Reading, watchProgress } from './progress.ts'
import { within } from './time-limit.ts'
import { matchingTopics, topicChanges } from './topics.ts'

const stalledAfterMs = 60_000
const roundLimitMs = 60_000

export interface WatchdogDeps {
  /** Of a connection of its own: it must see what the consumer's does not. */
  readonly admin: Admin
  readonly topicPattern: string
  /** As subscribed. */
  readonly topics: readonly string[]
  readonly everyMs: number
  readonly now: () => number
  /** Offsets read next; undefined while reading is paused on purpose. */
  readonly offsets: () => Iterable<{ topic: string; partition: number; offset: number }> | undefined
  readonly ends: (ends: readonly PartitionEnd[]) => void
  readonly topicsChanged: (changes: { added: string[]; removed: string[] }) => void
  readonly failed: (error: unknown) => void
}

/** Each round: has the list of topics changed, where do the partitions end, does reading go on? */
export class Watchdog {
  readonly #deps: WatchdogDeps
  #marks = new Map<string, Mark>()
  #timer: NodeJS.Timeout | undefined
  #ended = false
  #looking = false

  constructor(deps: WatchdogDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#schedule(this.#deps.everyMs)
  }

  /** Somebody else knows of new topics. */
  lookNow(): void {
    if (this.#looking || this.#ended) return
    clearTimeout(this.#timer)
    this.#schedule(0)
  }

  end(): void {
    this.#ended = true
    clearTimeout(this.#timer)
  }

  #schedule(ms: number): void {
    this.#timer = setTimeout(() => void this.#round(), ms)
  }

  async #round(): Promise<void> {
    this.#looking = true
    try {
      await within(roundLimitMs, 'looking at topics', this.#look())
      if (!this.#ended) this.start()
    } catch (error) {
      if (!this.#ended) this.#deps.failed(error)
    } finally {
      this.#looking = false
    }
  }

  async #look(): Promise<void> {
    const { admin, topics, topicPattern } = this.#deps
    const changes = topicChanges(topics, matchingTopics(await admin.listTopics(), topicPattern))
    if (this.#ended) return
    if (changes.added.length > 0 || changes.removed.length > 0) return this.#deps.topicsChanged(changes)
    const ends = await readEnds(admin, topics)
    if (this.#ended) return
    this.#deps.ends(ends)
    this.#watchProgress(ends)
  }

  #watchProgress(ends: readonly PartitionEnd[]): void {
    const offsets = this.#deps.offsets()
    const { marks, stalled } = watchProgress(this.#marks, offsets ? readingsOf(offsets, ends) : [], {
      now: this.#deps.now(),
      limitMs: stalledAfterMs,
    })
    this.#marks = marks
    if (stalled.length === 0) return
    const seconds = stalledAfterMs / 1000
    this.#deps.failed(
      new NoAnswerError(`new records in ${stalled.slice(0, 3).join(', ')} have not come for ${seconds} s`),
    )
  }
}

function readingsOf(
  offsets: Iterable<{ topic: string; partition: number; offset: number }>,
  ends: readonly PartitionEnd[],
): Reading[] {
  const endOf = new Map(ends.map(({ topic, partition, end }) => [`${topic}/${partition}`, end]))
  return Array.from(offsets, ({ topic, partition, offset }) => {
    const key = `${topic}/${partition}`
    return { key, offset, end: endOf.get(key) ?? offset }
  })
}
