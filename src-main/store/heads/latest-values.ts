import type { Chunk, SampleColumns } from '../chunk/chunk.ts'
import type { LatestChunked } from './stored-part.ts'

/** Newest times in the median: enough to ignore a pause, few enough to follow a change of pace. */
const looked = 32

/** `latestValues` up to the event time `until`, epoch ms. Later records are from a clock that was ahead. */
export function presentValues(all: SampleColumns, chunked: LatestChunked | null, until: number): LatestChunked {
  const records = all.at.some((at) => at > until) ? recordsUntil(all, until) : all
  return latestValues(records, chunked && chunked.at > until ? null : chunked)
}

/** Newest value of each metric by event time; of equal times the later arrival. */
export function latestValues(records: SampleColumns, before: LatestChunked | null): LatestChunked {
  const values = new Map(before?.values)
  const times = records.at
  for (let m = 0; m < records.metrics.length; m++) {
    const metric = records.metrics[m] as number
    const column = records.columns[m] as Float64Array
    const i = newestSlot(times, column)
    if (i < 0 || (before?.values.has(metric) && (times[i] as number) < before.at)) continue
    values.set(metric, column[i] as number)
  }
  const at = newestTime(times, before?.at ?? -Infinity)
  const newest = newestRecord(at, records, before)
  return { at, values, newest, intervalMs: typicalInterval(times) ?? before?.intervalMs ?? null }
}

/** Values at one time: those of the records, and others that are known of it from before. */
function newestRecord(
  time: number,
  { at, metrics, columns }: SampleColumns,
  before: LatestChunked | null,
): Map<number, number> {
  const values = new Map(before?.at === time ? before.newest : [])
  const slot = at.lastIndexOf(time)
  if (slot < 0) return values
  columns.forEach((column, m) => {
    const value = column[slot] as number
    if (!Number.isNaN(value)) values.set(metrics[m] as number, value)
  })
  return values
}

function recordsUntil({ metrics, at, columns }: SampleColumns, until: number): SampleColumns {
  const isKept = (_: number, i: number): boolean => (at[i] as number) <= until
  return { metrics, at: at.filter(isKept), columns: columns.map((column) => column.filter(isKept)) }
}

function newestTime(times: Float64Array, before: number): number {
  let newest = before
  for (let i = 0; i < times.length; i++) if ((times[i] as number) > newest) newest = times[i] as number
  return newest
}

/** The record with the newest value; -1 without any. */
function newestSlot(at: Float64Array, values: Float64Array): number {
  let newest = -1
  for (let i = values.length - 1; i >= 0; i--) {
    if (Number.isNaN(values[i])) continue
    if (newest < 0 || (at[i] as number) > (at[newest] as number)) newest = i
  }
  return newest
}

/** Newest values of a stored chunk. */
export function latestOfChunk(chunk: Chunk): LatestChunked {
  const { t1, metrics } = chunk.header
  return {
    at: t1,
    values: new Map(metrics.map(({ metric, last }) => [metric, last])),
    newest: new Map(),
    intervalMs: typicalInterval(chunk.at),
  }
}

const steps = new Float64Array(looked)

/**
 * Median step between the newest times, ms; `null` for fewer than two. Only steps forward count. With `values`, only
 * times that have one.
 */
export function typicalInterval(at: Float64Array, values?: Float64Array): number | null {
  let count = 0
  let left = looked
  let after = -Infinity
  for (let i = at.length - 1; i >= 0 && left > 0; i--) {
    if (values && Number.isNaN(values[i])) continue
    left--
    const time = at[i] ?? NaN
    if (after > time) insertStep(after - time, count++)
    after = time
  }
  return count === 0 ? null : (steps[count >> 1] ?? null)
}

/** Inserts into the first `count` steps in order. Steps of a steady node are equal, so nearly nothing moves. */
function insertStep(step: number, count: number): void {
  let place = count
  for (let before = steps[place - 1] ?? 0; before > step; before = steps[place - 1] ?? 0) steps[place--] = before
  steps[place] = step
}
