import { partitionKey, type PartitionLogRange } from '../stream.ts'

/** Other topics wait at most this long. Evaluating with old rules is better than not at all. */
const limitMs = 10_000

/**
 * Holds back other topics until the priority topics (rules) are read to the end that they had when the session began.
 * Otherwise a reader that was disconnected would evaluate with outdated rules.
 */
export class TopicPriority {
  readonly #isPriorityTopic: (topic: string) => boolean
  readonly #released: () => void
  /** Partitions of priority topics that are not read yet, and the offset to read them to. */
  readonly #targets: Map<string, number>
  readonly #timer: NodeJS.Timeout | undefined

  /** @param released the other topics need not wait any longer */
  constructor(isPriorityTopic: (topic: string) => boolean, ranges: readonly PartitionLogRange[], released: () => void) {
    this.#isPriorityTopic = isPriorityTopic
    this.#released = released
    const priority = ranges.filter(({ topic, start, end }) => isPriorityTopic(topic) && end > start)
    this.#targets = new Map(priority.map((range) => [partitionKey(range), range.end]))
    if (this.#targets.size > 0) this.#timer = setTimeout(() => this.#release(), limitMs)
  }

  /** Whether this topic must not be read yet. */
  isHeldBack(topic: string): boolean {
    return this.#targets.size > 0 && !this.#isPriorityTopic(topic)
  }

  /** @param next offset up to which the partition is stored */
  advance(topic: string, partition: number, next: number): void {
    const key = partitionKey({ topic, partition })
    const target = this.#targets.get(key)
    if (target === undefined || next < target) return
    this.#targets.delete(key)
    if (this.#targets.size === 0) this.#release()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #release(): void {
    this.#targets.clear()
    clearTimeout(this.#timer)
    this.#released()
  }
}
