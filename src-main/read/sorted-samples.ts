import type { HeadCopy } from '../threads/read-calls.ts'
import type { Chunk } from '../store/chunk/chunk.ts'
import { orderByTime } from '../store/chunk/chunk.ts'
import type { ColumnRoom } from '../store/chunk/column-room.ts'
import type { ClosedTimeRange } from '../store/read-store.ts'

/**
 * Records of one part by time, from a chunk or from the head. `values`: NaN for a record without the metric. At most one
 * value of a metric at each time.
 */
export interface SortedSamples {
  /** Rank in the order of arrival: of records with equal times, the smaller rank arrived first. */
  readonly order: number
  readonly at: Float64Array
  values(metric: string): Float64Array | null
}

/** More than the chunks of a part. */
const ordinals = 2 ** 32

/** With `room`, times and values are valid until the next call. */
export function samplesOfChunk(
  chunk: Chunk,
  numberOf: (metric: string) => number | undefined,
  room?: ColumnRoom,
): SortedSamples {
  let at: Float64Array | undefined
  return {
    order: chunk.header.ordinal,
    get at() {
      return (at ??= room ? chunk.atIn(room) : chunk.at)
    },
    values(metric) {
      const number = numberOf(metric)
      const values = number === undefined ? null : chunk.values(number, room)
      if (values && !chunk.isDistinct) hideReplaced(this.at, values)
      return values
    },
  }
}

/** Of values with the same time only the last one stays. */
function hideReplaced(at: Float64Array, values: Float64Array): void {
  let newest = values.length - 1
  for (let i = newest - 1; i >= 0; i--) {
    if (Number.isNaN(values[i])) continue
    if (at[i] === at[newest] && !Number.isNaN(values[newest])) values[i] = NaN
    else newest = i
  }
}

export function samplesOfHead({ metrics, values, ordinal, at }: HeadCopy): SortedSamples {
  const order = orderByTime(at)
  const width = metrics.length
  return {
    order: ordinal,
    at: order ? Float64Array.from(order, (i) => at[i] ?? NaN) : at,
    values: (metric) => {
      const m = metrics.indexOf(metric)
      if (m < 0) return null
      const column = new Float64Array(at.length)
      for (let i = 0; i < column.length; i++)
        column[i] = values[(order ? (order[i] as number) : i) * width + m] as number
      return column
    },
  }
}

/** The samples of a part among those of others with the same metric: of equal times, the later part replaces. */
export function ofPart(samples: SortedSamples, rank: number): SortedSamples {
  if (rank === 0) return samples
  return {
    order: rank * ordinals + samples.order,
    get at() {
      return samples.at
    },
    values: (metric) => samples.values(metric),
  }
}

/** Indices of the records in the range: from `first` up to, not including, `end`. */
export function indexRange(
  at: Float64Array,
  { from, to }: ClosedTimeRange,
): { readonly first: number; readonly end: number } {
  return { first: firstFrom(at, from), end: firstAfter(at, to) }
}

function firstFrom(at: Float64Array, time: number): number {
  return (at[0] ?? NaN) >= time ? 0 : search(at, (value) => value >= time)
}

function firstAfter(at: Float64Array, time: number): number {
  return (at[at.length - 1] ?? NaN) <= time ? at.length : search(at, (value) => value > time)
}

/** First index for which `reached` is true. Times ascend, so it is true for all later ones. */
function search(at: Float64Array, reached: (value: number) => boolean): number {
  let low = 0
  let high = at.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (reached(at[middle] ?? NaN)) high = middle
    else low = middle + 1
  }
  return low
}
