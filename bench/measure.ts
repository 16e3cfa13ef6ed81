import { performance } from 'node:perf_hooks'

/** A result next to the limit of the same machine in the same run. Only the ratio is comparable between machines. */
export interface BenchResult {
  readonly name: string
  readonly unit: string
  readonly ours: number
  /** Name of the limit: the same bytes without ReMo's code. */
  readonly limitName: string
  readonly limit: number
  /** Median of the ratio ours / limit over all rounds. */
  readonly ratio: number
  /** Smallest and largest ratio of one round. */
  readonly spread: readonly [number, number]
  readonly rounds: number
  readonly target?: RatioTarget
}

/** Target of the ratio. */
export type RatioTarget = { readonly atLeast: number } | { readonly atMost: number }

export function isMet(target: RatioTarget, ratio: number): boolean {
  return 'atLeast' in target ? ratio >= target.atLeast : ratio <= target.atMost
}

export interface BenchPair {
  readonly name: string
  readonly unit: string
  readonly limitName: string
  readonly rounds: number
  readonly target?: RatioTarget
  readonly ours: () => number | Promise<number>
  readonly limit: () => number | Promise<number>
}

/**
 * Measures ours and the limit alternately; the order changes each round, so that other load affects both equally. The
 * first round warms up and does not count.
 */
export async function measurePair(pair: BenchPair): Promise<BenchResult> {
  const ours: number[] = []
  const limit: number[] = []
  for (let round = 0; round <= pair.rounds; round++) {
    const order = round % 2 === 0 ? (['limit', 'ours'] as const) : (['ours', 'limit'] as const)
    const figures = { ours: 0, limit: 0 }
    for (const side of order) figures[side] = await pair[side]()
    if (round === 0) continue
    ours.push(figures.ours)
    limit.push(figures.limit)
  }
  const ratios = ours.map((value, round) => value / (limit[round] ?? Number.NaN))
  const { name, unit, limitName, rounds, target } = pair
  const spread = [Math.min(...ratios), Math.max(...ratios)] as const
  const medians = { ours: median(ours), limit: median(limit), ratio: median(ratios) }
  return { name, unit, limitName, rounds, ...medians, spread, ...(target ? { target } : {}) }
}

/** A single measurement next to its limit. */
export function singleMeasurement(figure: Omit<BenchResult, 'ratio' | 'spread' | 'rounds'>): BenchResult {
  const ratio = figure.ours / figure.limit
  return { ...figure, rounds: 1, ratio, spread: [ratio, ratio] }
}

/** A time that has a maximum, in ms. */
export function timeLimit(name: string, ours: number, atMostMs: number): BenchResult {
  const limit = { limitName: 'what it may take', limit: atMostMs, target: { atMost: 1 } }
  return singleMeasurement({ name, unit: 'ms', ours, ...limit })
}

/** The `q` quantile of the values (nearest rank). */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)] ?? Number.NaN
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Items per second. */
export function rateOf(count: number, work: () => void): number {
  const begin = performance.now()
  work()
  return (count / (performance.now() - begin)) * 1000
}

/** Items per second of CPU time. */
export function cpuRateOf(count: number, work: () => void): number {
  const begin = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(begin)
  return (count / (user + system)) * 1e6
}
