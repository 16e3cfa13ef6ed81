import { wait } from './wait.ts'

export interface Pace {
  readonly nodes: number
  readonly intervalMs: number
  /** Measurements per node. Absent: continues until the signal. */
  readonly rounds?: number | undefined
  readonly startedAt: number
  readonly now: () => number
  readonly signal: AbortSignal
  /** One measurement of one node at its time (epoch ms). */
  readonly measure: (node: number, at: number) => void | Promise<void>
  /** Measurements skipped, because this machine slept or is too slow. */
  readonly skipped: (count: number) => void
}

/** Fewer wake-ups with many nodes. No measurement is later than this. */
const shortestSleepMs = 20

/** Measures every node once per interval. The nodes are spread over the interval, so the load is even. */
export async function keepPace(pace: Pace): Promise<void> {
  const { nodes, intervalMs, startedAt } = pace
  const stepMs = intervalMs / nodes
  const end = pace.rounds === undefined ? Infinity : pace.rounds * nodes
  const tolerableMs = Math.max(intervalMs, 5_000)
  for (let step = 0; step < end && !pace.signal.aborted;) {
    const behindMs = pace.now() - (startedAt + step * stepMs)
    if (behindMs < 0) {
      await wait(Math.max(-behindMs, shortestSleepMs), { signal: pace.signal })
    } else if (behindMs > tolerableMs) {
      const missed = Math.floor(behindMs / intervalMs) * nodes
      pace.skipped(missed)
      step += missed
    } else {
      await pace.measure(step % nodes, Math.round(startedAt + step * stepMs))
      step++
    }
  }
}

/** The measurements of the `rounds` intervals before `startedAt`, without waiting between them. */
export async function produceBacklog(pace: Pace): Promise<void> {
  const { nodes, intervalMs, rounds = 0 } = pace
  for (let step = 0; step < rounds * nodes && !pace.signal.aborted; step++) {
    const at = pace.startedAt - (rounds * nodes - step) * (intervalMs / nodes)
    await pace.measure(step % nodes, Math.round(at))
  }
}
