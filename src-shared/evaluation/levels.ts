import { isBeyond } from '../rule/rule.ts'
import type { MetricRule, Severity } from '../rule/rule.ts'

/** Whether the value is beyond a level that may be absent. */
export function exceeds(rule: MetricRule, value: number, level: number | undefined): boolean {
  return level !== undefined && isBeyond(rule.condition, value, level)
}

/** Whether the value is beyond the level that raises an alert: warning, or critical for a rule without warning. */
export function breaches(rule: MetricRule, value: number): boolean {
  return exceeds(rule, value, rule.warning ?? rule.critical)
}

/** The values that do not breach: none is above `above` or below `below`. Without a rule, no value breaches. */
export function quietRange(rule: MetricRule | undefined): { readonly above: number; readonly below: number } {
  const level = rule?.warning ?? rule?.critical
  if (rule === undefined || level === undefined) return { above: Infinity, below: -Infinity }
  return rule.condition === 'greater' ? { above: level, below: -Infinity } : { above: Infinity, below: level }
}

/**
 * Whether a firing alert resolves at this value: past the clear level, or if there is none, as soon as it no longer
 * breaches.
 */
export function clears(rule: MetricRule, value: number): boolean {
  if (rule.clear === undefined) return !breaches(rule, value)
  return isBeyond(rule.condition, rule.clear, value)
}

/** Whether a critical alert eases at this value: it is not beyond the warning level. */
export function eases(rule: MetricRule, value: number): boolean {
  return rule.warning !== undefined && !exceeds(rule, value, rule.warning)
}

/** Level of this severity. A rule with one level uses it for both severities. */
export function levelOf(rule: MetricRule, severity: Severity): number {
  const level = severity === 'critical' ? (rule.critical ?? rule.warning) : (rule.warning ?? rule.critical)
  if (level === undefined) throw new Error(`rule ${rule.id} version ${rule.version} has no level to breach`)
  return level
}
