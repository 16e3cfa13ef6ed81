import { indexRange, type SortedSamples } from './sorted-samples.ts'

/** Records of a chunk or of the head, with what is known of them before they are decoded. */
export interface Run<T> {
  readonly source: T
  readonly samples: SortedSamples
  readonly t0: number
  readonly t1: number
  /** Later records with times that this run has, too. */
  readonly replacedBy: Replacement[]
}

interface Replacement {
  readonly by: SortedSamples
  /** Index in this run, index in the later one; and so on. */
  readonly pairs: readonly number[]
}

/**
 * Runs in order of their start, kept until no later one can overlap them. Of two that overlap, the one that arrived
 * later replaces values of the other at equal times.
 */
export class OpenRuns<T> {
  #open: Array<Run<T>> = []
  readonly #close: (run: Run<T>) => void

  constructor(close: (run: Run<T>) => void) {
    this.#close = close
  }

  add(source: T, span: { readonly samples: SortedSamples; readonly t0: number; readonly t1: number }): void {
    const run: Run<T> = { source, ...span, replacedBy: [] }
    for (const other of this.#open) {
      if (other.samples.order < run.samples.order) noteReplaced(other, run)
      else noteReplaced(run, other)
    }
    this.#open.push(run)
  }

  /** No run that is added from now on begins before `time` (epoch ms). */
  closeBefore(time: number): void {
    const closed = this.#open.filter(({ t1 }) => t1 < time)
    if (closed.length === 0) return
    this.#open = this.#open.filter(({ t1 }) => t1 >= time)
    closed.forEach(this.#close)
  }
}

function noteReplaced<T>(earlier: Run<T>, later: Run<T>): void {
  const common = { from: Math.max(earlier.t0, later.t0), to: Math.min(earlier.t1, later.t1) }
  if (common.from > common.to) return
  const inLater = indexRange(later.samples.at, common)
  if (inLater.first === inLater.end) return
  const inEarlier = indexRange(earlier.samples.at, common)
  const pairs: number[] = []
  for (let i = inEarlier.first, j = inLater.first; i < inEarlier.end; i++) {
    const at = earlier.samples.at[i] as number
    while (j < inLater.end && (later.samples.at[j] as number) < at) j++
    for (let same = j; same < inLater.end && later.samples.at[same] === at; same++) pairs.push(i, same)
  }
  if (pairs.length > 0) earlier.replacedBy.push({ by: later.samples, pairs })
}

/** Values of a metric of the run, NaN where later records have others. */
export function valuesOf<T>({ samples, replacedBy }: Run<T>, metric: string): Float64Array | null {
  const values = samples.values(metric)
  if (!values || replacedBy.length === 0) return values
  const kept = values.slice()
  for (const { by, pairs } of replacedBy) {
    const later = by.values(metric)
    for (let i = 0; later && i < pairs.length; i += 2) {
      if (!Number.isNaN(later[pairs[i + 1] as number])) kept[pairs[i] as number] = NaN
    }
  }
  return kept
}
