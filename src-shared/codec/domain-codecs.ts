import { Alert, AlertEvent } from '../alert/alert.ts'
import { Rule } from '../rule/rule.ts'
import { OperatorAction } from '../team/operator-action.ts'
import { checkedBy, type Codec, jsonCodec } from './codec.ts'

/** One version of a rule, as in `remo-rules`, PostgreSQL and SQLite. */
export const ruleCodec: Codec<Rule> = jsonCodec({ check: checkedBy(Rule), defaults: { deleted: false } })

/** One alert, as in `remo-alerts`, PostgreSQL and SQLite. */
export const alertCodec: Codec<Alert> = jsonCodec({ check: checkedBy(Alert), defaults: { provisional: false } })

/** One line of a timeline. A kind that this version does not know is unreadable: leave the line out, go on. */
export const alertEventCodec: Codec<AlertEvent> = jsonCodec({ check: checkedBy(AlertEvent) })

/**
 * An action of an operator, as in SQLite.
 * `does` is the name on the wire: version 0.1.0 of the console reads no other.
 */
export const actionCodec: Codec<OperatorAction> = jsonCodec({
  check: checkedBy(OperatorAction),
  names: [{ key: 'change', wire: 'does' }],
})

const ruleKeys = new Set([...Object.keys(Rule.shape), 'needs', 'needsVersion'])

/** What a newer version wrote into a rule beyond the keys of this one: the next version of the rule keeps it. */
export function unknownOfRule(rule: Rule): object {
  return Object.fromEntries(Object.entries(rule).filter(([key]) => !ruleKeys.has(key)))
}

/** The rule as this version's contracts have it: for answers of the API, which promise no other keys. */
export function knownOfRule(rule: Rule): Rule {
  return onlyKeys(rule, Rule.shape)
}

/** As `knownOfRule`. */
export function knownOfEvent(event: AlertEvent): AlertEvent {
  return onlyKeys(event, AlertEvent.shape)
}

function onlyKeys<T extends object>(value: T, shape: object): T {
  return Object.fromEntries(Object.entries(value).filter(([key]) => Object.hasOwn(shape, key))) as T
}
