import type { BoundHit } from '../sources/batch-tally.ts'
import type { Refused } from './series-bounds.ts'

type Bound = BoundHit['bound']

/** The series of a part that are not stored. */
export interface LeftOut {
  readonly refused: Refused
  readonly count: number
}

interface Hit {
  left: number
  readonly nodeId: string
  readonly tag: string | undefined
}

/** Counts the series of a batch that are not stored. */
export class BoundHits {
  readonly #hits = new Map<Bound, Hit>()
  /** Parts that are counted. A batch has several records of each. */
  readonly #counted = new Set<unknown>()

  count(key: unknown, nodeId: string, left: readonly LeftOut[]): void {
    if (left.length === 0 || this.#counted.has(key)) return
    this.#counted.add(key)
    for (const { refused, count } of left) {
      const hit = this.#hits.get(refused.bound)
      if (hit) hit.left += count
      else this.#hits.set(refused.bound, { left: count, nodeId, tag: refused.tag })
    }
  }

  /** The hits since the last call. @param tagOf the tag with the most values, for a bound on the number of series */
  take(tagOf: (bound: Bound, nodeId: string) => string | undefined): readonly BoundHit[] {
    const hits = Array.from(this.#hits, ([bound, { left, nodeId, tag: long }]): BoundHit => {
      const isOfNumber = bound === 'series-of-node' || bound === 'series-of-topic'
      const tag = isOfNumber ? tagOf(bound, nodeId) : long
      return tag === undefined ? { bound, left, nodeId } : { bound, left, nodeId, tag }
    })
    this.#hits.clear()
    this.#counted.clear()
    return hits
  }
}
