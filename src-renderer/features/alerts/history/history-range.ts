import { formatClock, formatDate } from '#shared/format/time.ts'
import { dayMs, hourMs, minuteMs } from '#shared/format/time-units.ts'
import { instantOf, type ZoneOffset } from '#shared/format/zone-time.ts'

/** Epoch ms, `to` exclusive. */
export interface Span {
  readonly from: number
  readonly to: number
}

export const historyRanges = [
  { value: '1h', label: '1\u202fh', ms: hourMs },
  { value: '6h', label: '6\u202fh', ms: 6 * hourMs },
  { value: '24h', label: '24\u202fh', ms: dayMs },
  { value: '7d', label: '7\u202fd', ms: 7 * dayMs },
  { value: '14d', label: '14\u202fd', ms: 14 * dayMs },
  { value: '90d', label: '90\u202fd', ms: 90 * dayMs },
] as const
export type HistoryRange = (typeof historyRanges)[number]['value'] | 'custom'

/** The backend keeps alerts for so long. */
const longestMs = 90 * dayMs

const barMinutes = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440, 2880]
const mostBars = 90

/** A range of whole bars of the histogram. */
export interface BarGrid {
  readonly span: Span
  readonly bars: number
}

/** The bars of a range. `offsetMinutes`: of the zone. Bars begin at round times of the wall clock, the first before it. */
export function barGrid({ from, to }: Span, offsetMinutes: number): BarGrid {
  const length = to - from
  const step = (barMinutes.find((minutes) => length / (minutes * minuteMs) <= mostBars + 0.01) ?? 2880) * minuteMs
  const offset = offsetMinutes * minuteMs
  const first = Math.floor((from + offset) / step) * step - offset
  const bars = Math.max(1, Math.ceil((to - first) / step))
  return { span: { from: first, to: first + bars * step }, bars }
}

/** The same for a range whose ends an operator chose: it begins and ends exactly there. */
export function barGridWithin(span: Span): BarGrid {
  const { bars } = barGrid({ from: 0, to: span.to - span.from }, 0)
  return { span, bars }
}

/** A range as two fields show it. */
export interface CustomRange {
  readonly from: string
  readonly to: string
}

/** A time for a field of the type `datetime-local`: `2026-11-24T12:02`. */
export function fieldText(at: number, offsetAt: ZoneOffset): string {
  const offset = offsetAt(at)
  return `${formatDate(at, offset)}T${formatClock(at, offset).slice(0, 5)}`
}

/** The instant of such a field; `undefined` if it is empty or no time. */
export function fieldTime(text: string, offsetAt: ZoneOffset): number | undefined {
  const match = /^(\d{4,6})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(text)
  if (!match) return undefined
  const [year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN] = match.slice(1).map(Number)
  const days = Date.UTC(year, month - 1, day) / dayMs
  const at = instantOf({ day: days, minute: hour * 60 + minute }, offsetAt, 'first')
  return Number.isFinite(at) && at >= 0 ? at : undefined
}

/** The range of two fields, or one sentence about what is wrong with them. The end is part of it, to the minute. */
export function customSpan(
  { from, to }: CustomRange,
  { now, offsetAt }: { readonly now: number; readonly offsetAt: ZoneOffset },
): Span | string {
  const [start, end] = [fieldTime(from, offsetAt), fieldTime(to, offsetAt)]
  if (start === undefined || end === undefined) return 'Enter a start and an end.'
  if (end < start) return 'The end must be after the start.'
  if (start > now) return 'The start is in the future.'
  if (end - start > longestMs) return 'A range has at most 90 days.'
  return { from: start, to: end + minuteMs }
}
