import { shownText } from '../format/shown-text.ts'
import { formatDuration } from '../format/duration.ts'
import { formatLevel, formatValue, formatValueBeside } from '../format/number.ts'
import { metricInfo } from '../metric/metric-info.ts'
import { flappingChanges, flappingWindowSeconds, isBeyond, isOfflineRule, type Rule } from '../rule/rule.ts'
import { type Alert, isOwnAlert } from './alert.ts'
import { ownCondition, ownNodeText, ownSentence, ownValue } from './own-text.ts'

/** What a text needs beyond the alert. */
export interface AlertTextFacts {
  /** The producer's unit, for metrics that ReMo does not know. */
  readonly unit?: string | undefined
  /** The clear level of its rule. */
  readonly clear?: number | undefined
  /** A time as the reader's clock shows it. `at`: epoch ms. */
  readonly timeOf?: ((at: number) => string) | undefined
}

/**
 * The alert in one line, without its node: "CPU 97.2 % > 95 % for 2 m", "CPU 82.9 %, clears below 75 %" after it was
 * lowered to a level that the value is not beyond, "CPU 91.0 %, flapping", "no CPU data for 1 m", or "offline, last seen
 * 14:02:03".
 */
export function alertSentence(alert: Alert, facts: AlertTextFacts = {}): string {
  if (isOwnAlert(alert)) return ownSentence(alert, facts.timeOf)
  if (alert.kind === 'offline') return `offline, ${lastSeen(alert, facts)}`
  const { shortLabel } = metricInfo(alert.metric, facts.unit)
  if (alert.kind === 'no-data') return `no ${shortLabel} data for ${formatDuration(alert.threshold * 1000)}`
  const separator = isBreaching(alert) && !isFlapping(alert) ? ' ' : ', '
  return `${shortLabel} ${alertValue(alert, facts)}${separator}${alertCondition(alert, facts)}`
}

/** The node of an alert; "This console" if it is about the console itself. */
export function alertNode(alert: Alert): string {
  return isOwnAlert(alert) ? ownNodeText : shownText(alert.nodeId)
}

/**
 * The alert in one line, with its node: "node-12 CPU 97.2 % > 95 % for 2 m", "node-17 is offline, last seen 14:02:03". One
 * about the console itself is its own line.
 */
export function alertLine(alert: Alert, facts: AlertTextFacts = {}): string {
  if (isOwnAlert(alert)) return ownSentence(alert, facts.timeOf)
  return `${shownText(alert.nodeId)} ${alert.kind === 'offline' ? 'is ' : ''}${alertSentence(alert, facts)}`
}

/** Where nobody knows the reader's clock: how long the rule waits. */
function lastSeen({ since, threshold }: Alert, { timeOf }: AlertTextFacts): string {
  return timeOf === undefined ? `no sample for ${formatDuration(threshold * 1000)}` : `last seen ${timeOf(since)}`
}

/** The value of an alert. It never reads like a level that it differs from: 95.04 % > 95 %. */
export function alertValue(alert: Alert, { unit, clear }: AlertTextFacts): string {
  if (isOwnAlert(alert)) return ownValue(alert)
  const { metric, value, threshold } = alert
  const info = metricInfo(metric, unit)
  if (value === null) return formatValue(value, info.unit)
  return formatValueBeside(value, clear === undefined ? [threshold] : [threshold, clear], info.unit)
}

/**
 * What is true of the value of an alert: `> 95 % for 2 m`, or `clears below 75 %` if it is not beyond the level of its
 * severity; `not cleared yet` if the clear level is unknown. `flapping`: it is on both sides of its levels.
 */
export function alertCondition(alert: Alert, { unit, clear }: AlertTextFacts): string {
  if (isOwnAlert(alert)) return ownCondition(alert)
  if (isFlapping(alert)) return 'flapping'
  const info = metricInfo(alert.metric, unit)
  if (isBreaching(alert)) {
    const held = alert.forSeconds > 0 ? ` for ${formatDuration(alert.forSeconds * 1000)}` : ''
    return `${alert.condition === 'greater' ? '>' : '<'} ${formatLevel(alert.threshold, info.unit)}${held}`
  }
  if (clear === undefined) return 'not cleared yet'
  return `clears ${alert.condition === 'greater' ? 'below' : 'above'} ${formatLevel(clear, info.unit)}`
}

/** The clear level of the rule of an alert. `undefined`: none, or the rule is another one meanwhile. */
export function clearLevelOf(alert: Alert, rule: Rule | undefined): number | undefined {
  const isItsRule = rule?.id === alert.ruleId && rule.version === alert.ruleVersion
  return !isItsRule || isOfflineRule(rule) ? undefined : rule.clear
}

/** Whether the value of the alert is beyond its level. After it was lowered to warning, it no longer is. */
export function isBreaching({ condition, value, threshold }: Alert): boolean {
  return value === null || isBeyond(condition, value, threshold)
}

/** An alert that changes too often stays open, whatever its value is. */
export function isFlapping({ flappingSince }: Alert): boolean {
  return flappingSince !== undefined
}

/** "node-3 CPU usage: 5 changes in 10 minutes, now 91 %": the value at the last of them. */
export function flappingLine(alert: Alert, facts: AlertTextFacts): string {
  const { label } = metricInfo(alert.metric, facts.unit)
  const changes = `${flappingChanges} changes in ${flappingWindowSeconds / 60} minutes`
  return `${shownText(alert.nodeId)} ${label}: ${changes}, now ${alertValue(alert, facts)}`
}

/** Cuts to `max` UTF-16 units, with an ellipsis, never inside a surrogate pair. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text
  if (max <= 0) return ''
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
