import { minuteMs } from '#shared/format/time-units.ts'

/** Epoch ms, `to` exclusive. */
export interface TimeRange {
  readonly from: number
  readonly to: number
}

/** Sources of the parts of a range. */
export interface RangePlan {
  /** From samples: in order, without overlaps. */
  readonly raw: readonly TimeRange[]
  /** From rollups, except minutes in `raw`; `undefined`: none. */
  readonly rollup: TimeRange | undefined
}

export interface PlanFacts {
  /** Whether a rollup can replace the samples of its minute. */
  readonly coarse: boolean
  /** Start of the samples' retention. */
  readonly samplesSince: number
  /** Minutes that are not rolled up yet; whole minutes. */
  readonly due: readonly TimeRange[]
}

export const floorMinute = (at: number): number => Math.floor(at / minuteMs) * minuteMs

/** A column takes two points of the budget: its minimum and its maximum. */
export const columnsFor = (points: number): number => Math.max(1, Math.floor(points / 2))

/** Whether columns are at least a minute wide, enough for rollups. */
export function isCoarse({ from, to }: TimeRange, columns: number): boolean {
  return (to - from) / columns >= minuteMs
}

/**
 * Plans the sources of a range. A fine view reads samples. A coarse view reads them only for minutes that are not
 * rolled up and for minutes cut by the range. Rollups cover the rest, and everything older than the samples.
 */
export function planRange(range: TimeRange, { coarse, samplesSince, due }: PlanFacts): RangePlan {
  const samples = { from: Math.max(range.from, samplesSince), to: range.to }
  const minutes = { from: floorMinute(range.from), to: range.to }
  const isOlder = range.from < samplesSince
  if (!coarse) {
    const older = { from: minutes.from, to: Math.min(range.to, samplesSince) }
    return { raw: samples.from < samples.to ? [samples] : [], rollup: isOlder ? older : undefined }
  }
  const cut = [range.from, range.to].filter((at) => at !== floorMinute(at)).map(minuteOf)
  return { raw: clampRange(joined([...due, ...cut]), samples), rollup: minutes }
}

function minuteOf(at: number): TimeRange {
  return { from: floorMinute(at), to: floorMinute(at) + minuteMs }
}

/** In order; adjacent ranges become one. */
function joined(ranges: readonly TimeRange[]): TimeRange[] {
  const all: TimeRange[] = []
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const before = all.at(-1)
    if (before && range.from <= before.to)
      all[all.length - 1] = { from: before.from, to: Math.max(before.to, range.to) }
    else all.push(range)
  }
  return all
}

function clampRange(ranges: readonly TimeRange[], { from, to }: TimeRange): TimeRange[] {
  const parts = ranges.map((range) => ({ from: Math.max(range.from, from), to: Math.min(range.to, to) }))
  return parts.filter((part) => part.from < part.to)
}
