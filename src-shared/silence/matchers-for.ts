import { type Alert, isOwnKind } from '../alert/alert.ts'
import { longestPattern } from '../pattern/linear-pattern.ts'
import { parseMetricName } from '../metric/metric-name.ts'
import { isKnownLabel, Matcher } from './silence.ts'

/** A shorter beginning says nothing about the nodes. */
const shortestPrefix = 2

/**
 * Matchers for a silence of these alerts: their rules and their nodes, and of one alert its tags; by name as long as a pattern has room for them,
 * else by the beginning that all of them have. So it may match more; a preview says what. Alerts of the console about
 * itself are matched by their kinds, and not together with others: no silence is of both.
 */
export function matchersFor(
  alerts: ReadonlyArray<Pick<Alert, 'ruleId' | 'nodeId' | 'kind' | 'metric'>>,
): readonly Matcher[] {
  const ofNodes = alerts.filter(({ kind }) => !isOwnKind(kind))
  if (ofNodes.length === 0) return kindsOf(alerts)
  const rules = unique(ofNodes.map(({ ruleId }) => ruleId))
  const nodes = unique(ofNodes.map(({ nodeId }) => nodeId))
  const found = [oneOf('rule', rules), oneOf('node', nodes) ?? beginningOf('node', nodes), ...tagsOfOne(ofNodes)]
  return found.filter((matcher) => matcher !== undefined)
}

/**
 * Matchers for a silence that nobody edits before it is made. Of one alert: its rule, its node and the tags of its metric,
 * because a rule for any path has alerts of other paths too. Of several: their rules and
 * severities, and their nodes if a pattern has room for all of their names. So a silence of very many alerts is one of
 * their rule. Alerts of the console about itself: as in `matchersFor`.
 */
export function matchersInCommon(
  alerts: ReadonlyArray<Pick<Alert, 'ruleId' | 'nodeId' | 'severity' | 'kind' | 'metric'>>,
): readonly Matcher[] {
  const ofNodes = alerts.filter(({ kind }) => !isOwnKind(kind))
  if (ofNodes.length === 0) return kindsOf(alerts)
  const rule = oneOf('rule', unique(ofNodes.map(({ ruleId }) => ruleId)))
  const node = oneOf('node', unique(ofNodes.map(({ nodeId }) => nodeId)))
  const severity = ofNodes.length > 1 ? oneOf('severity', unique(ofNodes.map((alert) => alert.severity))) : undefined
  return [rule, severity, node, ...tagsOfOne(ofNodes)].filter((matcher) => matcher !== undefined)
}

/** Of one alert: a matcher for each tag that a matcher can name. */
function tagsOfOne([only, ...others]: ReadonlyArray<Pick<Alert, 'metric'>>): readonly Matcher[] {
  if (only === undefined || others.length > 0) return []
  return parseMetricName(only.metric).tags.flatMap(([name, value]) => {
    const matcher = Matcher.safeParse({ name, operator: '=', value })
    return matcher.success && !isKnownLabel(name) ? [matcher.data] : []
  })
}

function kindsOf(alerts: ReadonlyArray<Pick<Alert, 'kind'>>): readonly Matcher[] {
  const kinds = oneOf('kind', unique(alerts.map(({ kind }) => kind)))
  return kinds === undefined ? [] : [kinds]
}

function oneOf(name: string, values: readonly string[]): Matcher | undefined {
  const [first, ...others] = values
  if (first === undefined) return undefined
  if (others.length === 0) return { name, operator: '=', value: first }
  const value = values.map(literal).join('|')
  return value.length <= longestPattern ? { name, operator: '=~', value } : undefined
}

function beginningOf(name: string, values: readonly string[]): Matcher | undefined {
  const [first = ''] = values
  let length = first.length
  for (const value of values) while (!value.startsWith(first.slice(0, length))) length--
  const prefix = first.slice(0, length)
  return length < shortestPrefix ? undefined : { name, operator: '=~', value: `${literal(prefix)}.*` }
}

/** The text as a pattern that matches only it. */
function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted()
}
