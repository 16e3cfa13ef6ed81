import type { PartitionEnd } from './stream.ts'

/** Whoever waits for longer is read all the same: better judged by what is known than not at all. */
const limitMs = 10_000

/**
 * Holds other topics back until those that say how to judge them were read to the end that they had when the session
 * began. Otherwise a reader that was away would judge by rules that have changed meanwhile.
 */
export class ReadFirst {
  readonly #isFirst: (topic: string) => boolean
  /** Partitions not read yet, and up to which offset they are to be. */
  readonly #targets: Map<string, number>
  #held: Array<() => void> = []
  #timer: NodeJS.Timeout | undefined

  constructor(isFirst: (topic: string) => boolean, ends: readonly PartitionEnd[]) {
    this.#isFirst = isFirst
    const first = ends.filter(({ topic, low, end }) => isFirst(topic) && end > low)
    this.#targets = new Map(first.map(({ topic, partition, end }) => [`${topic}/${partition}`, end]))
  }

  /** Whether a batch of this topic has to wait; its partition is paused then, until it has not. */
  holds(topic: string, pause: () => () => void): boolean {
    if (this.#targets.size === 0 || this.#isFirst(topic)) return false
    this.#timer ??= setTimeout(() => this.#release(), limitMs)
    this.#held.push(pause())
    return true
  }

  /** `next`: the offset that is read next. */
  readTo(topic: string, partition: number, next: number): void {
    const key = `${topic}/${partition}`
    const target = this.#targets.get(key)
    if (target === undefined || next < target) return
    this.#targets.delete(key)
    if (this.#targets.size === 0) this.#release()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#held = []
  }

  #release(): void {
    this.#targets.clear()
    clearTimeout(this.#timer)
    for (const resume of this.#held.splice(0)) resume()
  }
}
