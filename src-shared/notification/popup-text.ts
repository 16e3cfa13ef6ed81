import {
  alertCondition,
  alertLine,
  alertValue,
  flappingLine,
  isBreaching,
  isFlapping,
  truncate,
} from '../alert/alert-text.ts'
import { type Alert, isOwnAlert } from '../alert/alert.ts'
import { formatDuration } from '../format/duration.ts'
import { formatLevel } from '../format/number.ts'
import { shownText } from '../format/shown-text.ts'
import { minuteMs } from '../format/time-units.ts'
import { metricInfo } from '../metric/metric-info.ts'
import { isCritical } from './audience.ts'
import type { PlannedPopup, PopupItem, TextFacts } from './notification-plan.ts'

/** Title and body of a popup. */
export interface PopupText {
  readonly title: string
  readonly body: string
}

const mostNamed = 3
/** Of title and body together: what notification daemons show in full. */
const longestText = 200

/** What the text of a popup says beyond its alerts. */
export type TextOf = Pick<PlannedPopup, 'kind' | 'isReminder' | 'at'>

/** Cut to what a system shows. */
export function fitted({ title, body }: PopupText): PopupText {
  const cut = truncate(title, longestText)
  return { title: cut, body: truncate(body, longestText - cut.length) }
}

/** The popup of alerts of one rule and severity: one alert with its node, several with their count. */
export function groupText(items: readonly PopupItem[], of: TextOf, facts: TextFacts): PopupText {
  const [first] = items
  if (!first) return { title: '', body: '' }
  return items.length === 1 ? singleText(first, of, facts) : manyText(items, of, facts)
}

function singleText(item: PopupItem, of: TextOf, facts: TextFacts): PopupText {
  const { alert } = item
  const { isReminder, at } = of
  const line = isReminder ? reminderLine(item, facts) : titleLine(alert, of, facts)
  const body = isReminder ? `For ${aboutDuration(at - alert.since)}, acknowledged by nobody.` : sinceText(item, facts)
  return { title: `${markOf([item], of)} ${line}`, body }
}

function titleLine(alert: Alert, { kind }: TextOf, facts: TextFacts): string {
  if (isFlapping(alert) && kind !== 'group') return flappingLine(alert, textFacts(alert, facts))
  if (alert.kind === 'offline') return `${shownText(alert.nodeId)} is offline`
  return alertLine(alert, textFacts(alert, facts))
}

/** "node-17 CPU still 98.0 % > 95 %": the value now. */
function reminderLine({ alert, value }: PopupItem, facts: TextFacts): string {
  if (isOwnAlert(alert)) return alertLine(alert, textFacts(alert, facts))
  const node = shownText(alert.nodeId)
  if (alert.kind === 'offline') return `${node} is still offline`
  if (alert.kind === 'no-data') return `${node} still has no ${labelOf(alert)} data`
  const now: Alert = { ...alert, value: value ?? alert.value, forSeconds: 0 }
  const known = textFacts(alert, facts)
  const separator = isBreaching(now) ? ' ' : ', '
  return `${node} ${labelOf(alert)} still ${alertValue(now, known)}${separator}${alertCondition(now, known)}`
}

/** "Server-Quebec, since 11:56:20.", with the reason in front if the alert was notified before. */
function sinceText({ alert, transitions }: PopupItem, { timeOf }: TextFacts): string {
  const name = alert.nodeName === alert.nodeId ? '' : shownText(alert.nodeName)
  const time = timeOf(alert.since)
  const why = againText(transitions)
  return why + (alert.kind === 'offline' ? lastSeenText(name, time) : sinceTimeText(name, time))
}

function lastSeenText(name: string, time: string): string {
  return name === '' ? `Last seen ${time}.` : `${name}. Last seen ${time}.`
}

function sinceTimeText(name: string, time: string): string {
  return name === '' ? `Since ${time}.` : `${name}, since ${time}.`
}

/** Why an alert that was notified before is notified again. */
function againText(transitions: PopupItem['transitions']): string {
  if (transitions.includes('opened') || transitions.includes('escalated')) return ''
  if (transitions.includes('expired')) return 'Its acknowledgement has ended. '
  if (transitions.includes('unsilenced')) return 'Its silence has ended. '
  return transitions.includes('settled') ? 'It is no longer flapping. ' : ''
}

function manyText(items: readonly PopupItem[], of: TextOf, facts: TextFacts): PopupText {
  const { isReminder, at } = of
  const title = `${markOf(items, of)} ${whatText(items, isReminder)}`
  const names = `${namesOf(items, facts, areAlike(items.map(({ alert }) => alert)))}.`
  if (!isReminder) return { title, body: names }
  const longest = Math.max(...items.map(({ alert }) => at - alert.since))
  return { title, body: `For up to ${aboutDuration(longest)}, acknowledged by nobody. ${names}` }
}

/** "CPU > 95 % on 43 nodes", "43 nodes are offline", "9 critical, 3 warning": as much as is true of all. */
function whatText(items: readonly PopupItem[], isReminder: boolean): string {
  const alerts = items.map(({ alert }) => alert)
  const [first] = alerts
  if (!first || !areAlike(alerts)) return severityCounts(alerts)
  const still = isReminder ? ' still' : ''
  const nodes = nodesText(alerts)
  if (first.kind === 'offline') return `${nodes} are${still} offline`
  if (first.kind === 'no-data') return `${isReminder ? 'still ' : ''}no ${labelOf(first)} data on ${nodes}`
  return `${labelOf(first)}${still}${levelInCommon(alerts)} on ${nodes}`
}

/** " > 95 %"; empty if the levels differ, or if a value is no longer beyond it. */
function levelInCommon(alerts: readonly Alert[]): string {
  const [first] = alerts
  if (!first || isFlapping(first)) return ''
  const isSame = (alert: Alert): boolean =>
    alert.threshold === first.threshold && alert.condition === first.condition && isBreaching(alert)
  if (!alerts.every(isSame)) return ''
  const level = formatLevel(first.threshold, metricInfo(first.metric).unit)
  return ` ${first.condition === 'greater' ? '>' : '<'} ${level}`
}

function nodesText(alerts: readonly Alert[]): string {
  const count = new Set(alerts.map(({ nodeId }) => nodeId)).size
  return count === 1 ? '1 node' : `${count} nodes`
}

/** "54 critical, 14 warning". */
export function severityCounts(alerts: readonly Alert[]): string {
  const critical = alerts.filter(isCritical).length
  const warning = alerts.length - critical
  const counts = [critical > 0 ? `${critical} critical` : '', warning > 0 ? `${warning} warning` : '']
  return counts.filter((count) => count !== '').join(', ')
}

/** That an alert is flapping is a popup of its own. Until then its group says that it fires. */
function markOf(items: readonly PopupItem[], { kind }: TextOf): string {
  const isNotice = kind !== 'group' && items.every(({ alert }) => isFlapping(alert))
  return isNotice ? '[FLAPPING]' : severityMark(items)
}

/** "[CRITICAL]": the worst of them. */
export function severityMark(items: readonly PopupItem[]): string {
  return items.some(({ alert }) => isCritical(alert)) ? '[CRITICAL]' : '[WARNING]'
}

/** "web-117 99.6 %, web-041 99.2 %, web-003 98.8 % and 40 more", worst first. `isAlike`: all of one metric. */
export function namesOf(items: readonly PopupItem[], facts: TextFacts, isAlike: boolean): string {
  const sorted = worstFirst(items)
  const named = sorted.slice(0, mostNamed).map((item) => nameOf(item, isAlike, facts))
  return listText(named, sorted.length)
}

/** Of one kind and one metric. */
export function areAlike(alerts: readonly Alert[]): boolean {
  return alerts.every(({ kind, metric }) => kind === alerts[0]?.kind && metric === alerts[0].metric)
}

/** The first of them, and how many follow: "a, b, c and 40 more". */
export function listText(named: readonly string[], count: number): string {
  const more = count > named.length ? ` and ${count - named.length} more` : ''
  return named.join(', ') + more
}

function nameOf({ alert, value }: PopupItem, isAlike: boolean, facts: TextFacts): string {
  if (isOwnAlert(alert)) return alertLine(alert, textFacts(alert, facts))
  const node = shownText(alert.nodeId)
  if (alert.kind !== 'value') return isAlike ? node : alertLine(alert, textFacts(alert, facts))
  const text = alertValue({ ...alert, value: value ?? alert.value }, textFacts(alert, facts))
  return isAlike ? `${node} ${text}` : `${node} ${labelOf(alert)} ${text}`
}

/** Critical first, then the values that are furthest beyond their levels, then the oldest. */
export function worstFirst(items: readonly PopupItem[]): PopupItem[] {
  return items.toSorted(
    (a, b) =>
      Number(isCritical(b.alert)) - Number(isCritical(a.alert)) ||
      beyond(b) - beyond(a) ||
      a.alert.since - b.alert.since,
  )
}

/** How far the value is beyond its level, as a part of the level: values of different metrics compare. */
function beyond({ alert, value }: PopupItem): number {
  const present = value ?? alert.value
  if (present === null) return 0
  const distance = alert.condition === 'greater' ? present - alert.threshold : alert.threshold - present
  return distance / Math.max(1, Math.abs(alert.threshold))
}

/** Alerts of any rules: how many by severity, and the worst by name. */
export function namedAlerts(items: readonly PopupItem[], { clearLevelOf, timeOf }: TextFacts): string {
  const lines = items.slice(0, mostNamed).map(({ alert }) => alertLine(alert, { clear: clearLevelOf(alert), timeOf }))
  return truncate(listText(lines, items.length), longestText)
}

/** Whole minutes from one on: "17 m", "1 h 20 m". */
function aboutDuration(ms: number): string {
  return formatDuration(ms < minuteMs ? ms : Math.floor(ms / minuteMs) * minuteMs)
}

export function labelOf({ metric }: Pick<Alert, 'metric'>): string {
  return metricInfo(metric).shortLabel
}

function textFacts(alert: Alert, { clearLevelOf, timeOf }: TextFacts) {
  return { clear: clearLevelOf(alert), timeOf }
}
