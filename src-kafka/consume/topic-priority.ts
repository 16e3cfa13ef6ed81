import { partitionKey, type PartitionLogRange } from '../stream.ts'

/** Whoever waits for longer is read all the same: better judged by what is known than not at all. */
const limitMs = 10_000

/**
 * Holds other topics back until those that say how to judge them were read to the end that they had when the session
 * began. Otherwise a reader that was away would judge by rules that have changed meanwhile.
 */
export class TopicPriority {
  readonly #isPriorityTopic: (topic: string) => boolean
  /** Partitions not read yet, and up to which offset they are to be. */
  readonly #targets: Map<string, number>
  #held: Array<() => void> = []
  #timer: NodeJS.Timeout | undefined

  constructor(isPriorityTopic: (topic: string) => boolean, ranges: readonly PartitionLogRange[]) {
    this.#isPriorityTopic = isPriorityTopic
    const priority = ranges.filter(({ topic, start, end }) => isPriorityTopic(topic) && end > start)
    this.#targets = new Map(priority.map((range) => [partitionKey(range), range.end]))
  }

  /** Whether a batch of this topic has to wait; its partition is paused then, until it has not. */
  isHeldBack(topic: string, pause: () => () => void): boolean {
    if (this.#targets.size === 0 || this.#isPriorityTopic(topic)) return false
    this.#timer ??= setTimeout(() => this.#release(), limitMs)
    this.#held.push(pause())
    return true
  }

  /** `next`: the offset that is read next. */
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
