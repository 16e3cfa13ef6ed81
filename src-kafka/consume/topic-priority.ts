import { partitionKey, type PartitionLogRange } from '../stream.ts'

/** Other topics wait at most this long. Evaluating with old rules is better than not at all. */
const limitMs = 10_000

/**
 * Holds back other topics until the priority topics (rules) are read to the end that they had when the session began.
 * Otherwise a reader that was disconnected would evaluate with outdated rules.
 */
export class TopicPriority {
  readonly #isPriorityTopic: (topic: string) => boolean
  /** Partitions of priority topics that are not read yet, and the offset to read them to. */
  readonly #targets: Map<string, number>
  #held: Array<() => void> = []
  #timer: NodeJS.Timeout | undefined

  constructor(isPriorityTopic: (topic: string) => boolean, ranges: readonly PartitionLogRange[]) {
    this.#isPriorityTopic = isPriorityTopic
    const priority = ranges.filter(({ topic, start, end }) => isPriorityTopic(topic) && end > start)
    this.#targets = new Map(priority.map((range) => [partitionKey(range), range.end]))
  }

  /** Whether a batch of this topic must wait. Its partition stays paused until then. */
  isHeldBack(topic: string, pause: () => () => void): boolean {
    if (this.#targets.size === 0 || this.#isPriorityTopic(topic)) return false
    this.#timer ??= setTimeout(() => this.#release(), limitMs)
    this.#held.push(pause())
    return true
  }

  /** @param next the next offset to read */
  advance(topic: string, partition: number, next: number): void {
    const key = partitionKey({ topic, partition })
    const target = this.#targets.get(key)
    if (target === undefined || next < target) return
    this.#targets.delete(key)
    if (this.#targets.size === 0) this.#release()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#held = []
  }

  #release(): void {
    this.#targets.clear()
    clearTimeout(this.#timer)
    for (const resume of this.#held.splice(0)) resume()
  }
}
