import { shownText } from '../format/shown-text.ts'
import { ruleName } from '../rule/rule-text.ts'
import type { Rule } from '../rule/rule.ts'
import type { Matcher } from './silence.ts'

type Rules = readonly Rule[]

/** `CPU usage`; with the node, for a rule of one node. */
export function ruleLabel(rule: Rule): string {
  return ruleName(rule).replace(/, all nodes$/, '')
}

/** The value as a person reads it: the name of a rule instead of its id. */
export function matcherValue({ name, value }: Matcher, rules: Rules): string {
  const rule = name === 'rule' ? rules.find(({ id }) => id === value) : undefined
  return rule === undefined ? shownText(value) : ruleLabel(rule)
}

/** `CPU usage, web-.*`: what a silence is about, in few words. */
export function matchersText(matchers: readonly Matcher[], rules: Rules): string {
  const negated = ({ operator }: Matcher): string => (operator.startsWith('!') ? 'not ' : '')
  return matchers.map((matcher) => negated(matcher) + matcherValue(matcher, rules)).join(', ')
}

/** Names of rules become their ids: a matcher holds the id, a person types the name. */
export function withRuleIds(matchers: readonly Matcher[], rules: Rules): readonly Matcher[] {
  return matchers.map((matcher) => {
    if (matcher.name !== 'rule' || rules.some(({ id }) => id === matcher.value)) return matcher
    const named = rules.filter((rule) => ruleLabel(rule).toLowerCase() === matcher.value.trim().toLowerCase())
    return named.length === 1 && named[0] ? { ...matcher, value: named[0].id } : matcher
  })
}

/** Ids of rules become their names, where a name means one rule: for a text that a person edits. */
export function withRuleNames(matchers: readonly Matcher[], rules: Rules): readonly Matcher[] {
  return matchers.map((matcher) => {
    const rule = matcher.name === 'rule' ? rules.find(({ id }) => id === matcher.value) : undefined
    if (rule === undefined) return matcher
    const named = { ...matcher, value: ruleLabel(rule) }
    return withRuleIds([named], rules)[0]?.value === matcher.value ? named : matcher
  })
}
