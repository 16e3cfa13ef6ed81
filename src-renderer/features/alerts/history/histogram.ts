import { dayMs, hourMs, minuteMs } from '#shared/format/time-units.ts'
import type { Span } from './history-range.ts'

/** Alerts that opened from `from` on, until the next bar. */
export interface Bar {
  readonly from: number
  readonly critical: number
  readonly warning: number
  readonly info: number
}

const tickSteps = [5, 10, 15, 30, 60, 120, 180, 360].map((minutes) => minutes * minuteMs)
const daySteps = [1, 2, 7, 14, 30].map((days) => days * dayMs)
const mostTicks = 7

/** The interval of the bars, ms. */
export function barMs(bars: readonly Bar[], { from, to }: Span): number {
  const [first, second] = bars
  return first && second ? second.from - first.from : to - from
}

/** Round times of the wall clock within a range. `offsetMinutes`: of the zone, at its end. */
export function timeTicks({ from, to }: Span, offsetMinutes: number): readonly number[] {
  const length = to - from
  const step = [...tickSteps, ...daySteps].find((one) => length / one <= mostTicks) ?? length
  const offset = offsetMinutes * minuteMs
  const ticks: number[] = []
  for (let at = Math.ceil((from + offset) / step) * step - offset; at < to; at += step) ticks.push(at)
  return ticks
}

/** Whether ticks of this range are days. */
export const hasDayTicks = ({ from, to }: Span): boolean => to - from > mostTicks * 6 * hourMs

/** The range from one bar to another one, both included, in either order. */
export function spanOfBars(bars: readonly Bar[], span: Span, ends: readonly [number, number]): Span {
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  const last = bars[high]
  return {
    from: Math.max(span.from, bars[low]?.from ?? span.from),
    to: Math.min(span.to, last === undefined ? span.to : last.from + barMs(bars, span)),
  }
}

/** The bar at this fraction of the width. */
export function barAt(bars: readonly Bar[], span: Span, fraction: number): number {
  const at = span.from + fraction * (span.to - span.from)
  const found = bars.findLastIndex(({ from }) => from <= at)
  return Math.max(0, found)
}
