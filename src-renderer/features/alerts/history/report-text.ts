import { formatDuration } from '#shared/format/duration.ts'
import { formatCount, formatRate, unitSpace, unknownText } from '#shared/format/number.ts'
import { dayMs } from '#shared/format/time-units.ts'
import type { IpcReply } from '#shared/ipc/contract.ts'
import type { Span } from './history-range.ts'

/** One figure of the report: a card. */
export interface ReportFigure {
  readonly label: string
  readonly value: string
  readonly note: string
}

/** 0.61 → "61 %"; `–` of nothing. */
export function shareText(part: number, whole: number): string {
  if (whole === 0) return unknownText
  return `${Math.round((100 * part) / whole)}${unitSpace}%`
}

/** The four figures, each with the one of the period before. `days`: length of the range. */
export function reportFigures(
  { now, before }: Pick<IpcReply<'history.report'>, 'now' | 'before'>,
  { days, span }: { readonly days: number; readonly span: Span },
): readonly ReportFigure[] {
  const length = Math.max(1, (span.to - span.from) / dayMs)
  const period = { 1: 'the day before', 7: 'the week before' }[days] ?? `the ${days} days before`
  const unknown = `${period} ${days > 7 ? 'are' : 'is'} not known`
  const was = (text: string | undefined): string => (text === undefined ? '' : `, was ${text}`)
  const time = (ms: number | null): string => (ms === null ? unknownText : formatDuration(ms))
  const perDay = (fired: number): string => (days === 1 ? formatCount(fired) : formatRate(fired / length))
  return [
    {
      label: days === 1 ? 'Alerts' : 'Alerts a day',
      value: perDay(now.fired),
      note: before === null ? unknown : `${perDay(before.fired)} ${period}`,
    },
    {
      label: 'Mean time to acknowledge',
      value: time(now.meanToAcknowledgeMs),
      note: `critical${was(before === null ? undefined : time(before.meanToAcknowledgeMs))}`,
    },
    {
      label: 'Mean time to recover',
      value: time(now.meanToRecoverMs),
      note: `all${was(before === null ? undefined : time(before.meanToRecoverMs))}`,
    },
    {
      label: 'Never acknowledged',
      value: shareText(now.neverAcknowledged, now.fired),
      note: `${formatCount(now.neverAcknowledged)} of ${formatCount(now.fired)}`,
    },
  ]
}
