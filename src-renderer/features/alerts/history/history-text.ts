import { alertNode } from '#shared/alert/alert-text.ts'
import { formatDuration } from '#shared/format/duration.ts'
import { formatCount, unitSpace } from '#shared/format/number.ts'
import { shownText } from '#shared/format/shown-text.ts'
import type { AlertEntry, BlindEntry, HistoryEntry } from '#shared/history/history.ts'
import { isSameDay, clockTime, dateTime } from '../../../live/local-time.ts'
import { timeZone } from '../../../live/time-style.svelte.ts'
import { metricText } from '../alert-labels.ts'
import { acknowledgedText, endOf, whatText, worstText } from './history-labels.ts'
import type { Span } from './history-range.ts'
import type { Rule } from '#shared/rule/rule.ts'

/** What texts need beyond the entries. */
export interface HistoryFacts {
  /** Epoch ms. */
  readonly now: number
  readonly ruleOf: (entry: AlertEntry) => Rule | undefined
  readonly unitOf: (metric: string) => string
}

/**
 * One entry for a chat: node, what, worst, from when to when with the zone, who acknowledged it.
 *
 * ```
 * CRITICAL node-17 (Server-Alpha): CPU > 95 %, worst 99.1 %
 * 2026-11-24 11:21:08 to 11:39:50 Europe/Zurich, 18 m 42 s, Resolved at 71.0 %
 * Acknowledged by anna, 1 m 40 s after it fired
 * ```
 */
export function entryText(entry: HistoryEntry, facts: HistoryFacts): string {
  if (entry.kind === 'blind') return plain(blindLine(entry, facts.now))
  const { alert, acknowledged } = entry
  const unit = facts.unitOf(alert.metric)
  const name = alert.nodeName === alert.nodeId ? '' : ` (${shownText(alert.nodeName)})`
  const worst = entry.worstValue === null ? '' : `, worst ${worstText(entry, unit)}`
  const end = alert.phase === 'firing' ? 'still fires' : endOf(alert, facts.ruleOf(entry), unit).text
  const times = timesOf(alert.openedAt, alert.resolvedAt, facts.now)
  return plain(
    [
      `${entry.worst.toUpperCase()} ${alertNode(alert)}${name}: ${titleOf(entry, unit)}${worst}`,
      `${times}, ${end}`,
      acknowledged === undefined ? 'Not acknowledged' : `Acknowledged by ${acknowledgedText(entry)} after it fired`,
    ].join('\n'),
  )
}

/** `total`: how many alerts the range has, if it is known; the entries may be only the newest of them. */
export interface ListText extends HistoryFacts {
  readonly span: Span
  readonly isWhole: boolean
}

/** The list for a chat: a head with range and zone, then one line an entry, oldest last. */
export function listText(entries: readonly HistoryEntry[], { span, isWhole, ...facts }: ListText): string {
  const alerts = entries.filter(({ kind }) => kind === 'alert').length
  const count = `${formatCount(alerts)} ${alerts === 1 ? 'alert' : 'alerts'}`
  const head = `Alerts from ${dateTime(span.from)} to ${dateTime(span.to)} ${timeZone()}: ${isWhole ? count : `the newest ${count}`}`
  return plain([head, ...entries.map((entry) => entryLine(entry, facts))].join('\n'))
}

function entryLine(entry: HistoryEntry, facts: HistoryFacts): string {
  if (entry.kind === 'blind') return blindLine(entry, facts.now)
  const { alert, acknowledged } = entry
  const unit = facts.unitOf(alert.metric)
  const lasted = formatDuration((alert.resolvedAt ?? facts.now) - alert.openedAt)
  return [
    dateTime(alert.openedAt),
    entry.worst.toUpperCase().padEnd('CRITICAL'.length),
    alertNode(alert),
    titleOf(entry, unit),
    ...(entry.worstValue === null ? [] : [`worst ${worstText(entry, unit)}`]),
    lasted,
    alert.phase === 'firing' ? 'still fires' : endOf(alert, facts.ruleOf(entry), unit).text,
    acknowledged === undefined ? 'not acknowledged' : `acknowledged by ${shownText(acknowledged.by)}`,
  ].join('  ')
}

function titleOf({ alert }: AlertEntry, unit: string): string {
  return alert.kind === 'value' ? whatText(alert, unit) : metricText(alert, unit)
}

function blindLine({ from, to, cause }: BlindEntry, now: number): string {
  return `MONITORING BLIND ${timesOf(from, to ?? undefined, now)}${to === null ? ', still blind' : ''}: ${shownText(cause)}`
}

function timesOf(from: number, to: number | undefined, now: number): string {
  const lasted = formatDuration((to ?? now) - from)
  if (to === undefined) return `since ${dateTime(from)} ${timeZone()}, ${lasted}`
  return `${dateTime(from)} to ${isSameDay(from, to) ? clockTime(to) : dateTime(to)} ${timeZone()}, ${lasted}`
}

/** Chats and terminals show a narrow no-break space in many ways. */
function plain(text: string): string {
  return text.replaceAll(unitSpace, ' ')
}
