import { vi } from 'vitest'
import type { StreamFixture } from '../contract/stream-fixture.ts'

/** When the position of each partition moved. */
export class Arrivals {
  readonly #fixture: StreamFixture
  /** By partition key. */
  readonly #times = new Map<string, number[]>()

  constructor(fixture: StreamFixture) {
    this.#fixture = fixture
    const { positions } = fixture
    const set = positions.set.bind(positions)
    positions.set = (key, position) => {
      const times = this.#times.get(key)
      if (times) times.push(Date.now())
      else this.#times.set(key, [Date.now()])
      return set(key, position)
    }
  }

  /** Resolves when more than `counts[partition]` records of each partition have been stored; `null` skips one. */
  async untilAfter(topic: string, counts: ReadonlyArray<number | null>, timeout: number): Promise<void> {
    const behind = () =>
      counts.flatMap((count, partition) => {
        const next = this.#fixture.positions.get(`${topic}/${partition}`)?.next ?? 0
        return count !== null && next <= count ? [`${topic}/${partition} is at ${next} of ${count}`] : []
      })
    await vi.waitFor(
      () => {
        const late = behind()
        if (late.length > 0) throw new Error(`${late.join(', ')}; status ${JSON.stringify(this.#fixture.status)}`)
      },
      { timeout, interval: 20 },
    )
  }

  /** The longest time without a record of each partition, ms, since then. */
  stalls(since: number): number[] {
    return [...this.#times.values()].map((times) => {
      const last = times.findLastIndex((at) => at <= since)
      const seen = times.slice(Math.max(last, 0))
      return Math.max(0, ...seen.slice(1).map((at, n) => at - (seen[n] ?? at)))
    })
  }
}

/** The `q` quantile (nearest rank). */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)] ?? Number.NaN
}
