import { Alert, AlertEvent } from '../alert/alert.ts'
import { Rule } from '../rule/rule.ts'
import { OperatorAction } from '../team/operator-action.ts'
import { checkedBy, type Codec, jsonCodec } from './codec.ts'
import { tolerant } from './tolerant.ts'

/** One version of a rule, as in `remo-rules`, PostgreSQL and SQLite. */
export const ruleCodec: Codec<Rule> = jsonCodec({ check: checkedBy(Rule), defaults: { deleted: false } })

/** One alert, as in `remo-alerts`, PostgreSQL and SQLite. */
export const alertCodec: Codec<Alert> = jsonCodec({ check: checkedBy(Alert), defaults: { provisional: false } })

/** One timeline line. A kind that this version does not know is unreadable: leave that line out. */
export const alertEventCodec: Codec<AlertEvent> = jsonCodec({ check: checkedBy(AlertEvent) })

/** An operator action, as in SQLite. JSON has `does` for `change`: version 0.1.0 of the console reads no other key. */
export const actionCodec: Codec<OperatorAction> = jsonCodec({
  check: checkedBy(OperatorAction),
  names: [{ key: 'change', wire: 'does' }],
})

const ruleKeys = new Set([...Object.keys(Rule.shape), 'needs', 'needsVersion'])

/** The keys that a newer version added to a rule. The next version of the rule keeps them. */
export function unknownOfRule(rule: Rule): object {
  return Object.fromEntries(Object.entries(rule).filter(([key]) => !ruleKeys.has(key)))
}

/** The rule without unknown keys: the API promises no others. */
export function knownOfRule(rule: Rule): Rule {
  return onlyKeys(rule, Rule.shape)
}

const KnownRule = tolerant(Rule, 'drop')
const KnownAlert = tolerant(Alert, 'drop')

/** Equal for contents that this version reads as the same rule, whatever keys a neighboring version added. */
export function comparableRule(rule: Rule): unknown {
  const known = KnownRule.safeParse(rule)
  return known.success ? known.data : rule
}

/** As `comparableRule`, for the JSON of an alert. Content that is not readable is compared as it is. */
export function comparableAlert(content: unknown): unknown {
  const alert = alertCodec.decode(content)
  const known = alert.ok ? KnownAlert.safeParse(alert.value) : undefined
  return known?.success ? known.data : content
}

/** The event without unknown keys. */
export function knownOfEvent(event: AlertEvent): AlertEvent {
  return onlyKeys(event, AlertEvent.shape)
}

function onlyKeys<T extends object>(value: T, shape: object): T {
  return Object.fromEntries(Object.entries(value).filter(([key]) => Object.hasOwn(shape, key))) as T
}
