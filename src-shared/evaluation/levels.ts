import { isBeyond } from '../rule/rule.ts'
import type { Rule, Severity } from '../rule/rule.ts'

/** Beyond a level that the rule may not have. */
export function exceeds(rule: Rule, value: number, level: number | undefined): boolean {
  return level !== undefined && isBeyond(rule.condition, value, level)
}

/** Beyond the level that raises an alert: the warning level, or the critical one of a rule that has no other. */
export function breaches(rule: Rule, value: number): boolean {
  return exceeds(rule, value, rule.warning ?? rule.critical)
}

/** Whether a firing alert ends at this value: past the clear level, or without one as soon as it no longer breaches. */
export function clears(rule: Rule, value: number): boolean {
  if (rule.clear === undefined) return !breaches(rule, value)
  return isBeyond(rule.condition, rule.clear, value)
}

/** Level that an alert of this severity stands for. A rule with one level has that one for both. */
export function levelOf(rule: Rule, severity: Severity): number {
  const level = severity === 'critical' ? (rule.critical ?? rule.warning) : (rule.warning ?? rule.critical)
  if (level === undefined) throw new Error(`rule ${rule.id} version ${rule.version} has no level to breach`)
  return level
}
