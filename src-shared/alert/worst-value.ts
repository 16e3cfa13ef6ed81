import { isBeyond } from '../rule/rule.ts'
import type { Alert } from './alert.ts'
import { isBreaching } from './alert-text.ts'

/**
 * `changed`, with the worst value of the alert until now: one that is lowered has a value that is beyond no level.
 * `before`: the alert before the change.
 */
export function withWorstValue<T extends Alert>(
  { worstValue: _, ...changed }: T,
  before: T,
): Omit<T, 'worstValue'> & Pick<T, 'worstValue'> {
  const known = before.worstValue ?? before.value
  const { value, condition } = changed
  if (known === null || value === null || condition !== before.condition) return changed
  return isBeyond(condition, known, value) ? { ...changed, worstValue: known } : changed
}

/**
 * The worst value that an alert had, for "was 97.2 %" of one that ended: it may have been lowered before. `undefined`
 * without one, or if an older version has stored only the value at which it was lowered.
 */
export function worstValueOf(alert: Alert): number | undefined {
  const { worstValue, value } = alert
  return worstValue ?? (isBreaching(alert) ? (value ?? undefined) : undefined)
}
