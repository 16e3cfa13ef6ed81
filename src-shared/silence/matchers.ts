import type { Alert } from '../alert/alert.ts'
import { compilePattern } from '../pattern/linear-pattern.ts'
import { type AlertKind, isOwnKind, NodeAlertKind } from '../alert/alert.ts'
import { nearestName } from '../format/nearest-name.ts'
import { parseMetricName } from '../metric/metric-name.ts'
import { Severity } from '../rule/rule.ts'
import { isKnownLabel, type Matcher, type MatcherName } from './silence.ts'

/** What matchers see of an alert: its own labels, and the tags of its metric. */
export type AlertLabels = ReadonlyMap<string, string>

export function labelsOf(
  alert: Pick<Alert, 'nodeId' | 'nodeName' | 'metric' | 'severity' | 'ruleId' | 'kind'>,
): AlertLabels {
  const { nodeId, nodeName, metric, severity, ruleId, kind } = alert
  const own = { node: nodeId, node_name: nodeName, metric, severity, rule: ruleId, kind }
  // A label of every alert wins over a tag with its name.
  return new Map([...parseMetricName(metric).tags, ...Object.entries(own)])
}

/** Whether all matchers of a silence match these labels. */
export type MatchLabels = (labels: AlertLabels) => boolean

/**
 * Compiled once per silence. A matcher whose pattern is invalid matches nothing: no alert is hidden by mistake. Alerts of
 * the console about itself are matched only by who names their kind: a silence of nodes must not hide that it is blind.
 */
export function compileMatchers(matchers: readonly Matcher[]): MatchLabels {
  const compiled = matchers.map(compileMatcher)
  const hasKind = matchers.some(namesKind)
  return (labels) =>
    (hasKind || !isOwnKind(labels.get('kind') as AlertKind)) && compiled.every((matches) => matches(labels))
}

/** Whether the matchers match alerts of a console about itself only: no other console has those alerts. */
export function matchesOwnOnly(matchers: readonly Matcher[]): boolean {
  const ofKind = matchers.filter(namesKind).map(compileMatcher)
  return (
    ofKind.length > 0 &&
    NodeAlertKind.options.every((kind) => ofKind.some((matches) => !matches(new Map([['kind', kind]]))))
  )
}

function namesKind({ name, operator }: Matcher): boolean {
  return name === 'kind' && (operator === '=' || operator === '=~')
}

function compileMatcher({ name, operator, value }: Matcher): MatchLabels {
  const valueOf = (labels: AlertLabels): string => labels.get(name) ?? ''
  if (operator === '=') return (labels) => valueOf(labels) === value
  if (operator === '!=') return (labels) => valueOf(labels) !== value
  const pattern = compilePattern(value)
  if (!pattern.ok) return () => false
  const isNegated = operator === '!~'
  return (labels) => pattern.matches(valueOf(labels)) !== isNegated
}

/** Names of labels that no tag resembles by chance: a similar name is a typing error. */
const longLabels: readonly MatcherName[] = ['node_name', 'metric', 'severity']

/** What is wrong with a matcher: one sentence. Any other name may be a tag. */
export function matcherProblem({ name, operator, value }: Matcher): string | undefined {
  const meant = isKnownLabel(name) ? undefined : nearestName(name.toLowerCase(), longLabels)
  if (meant !== undefined) return `No alert has the label ${name}. Did you mean ${meant}?`
  if (operator === '=' || operator === '!=') return undefined
  const pattern = compilePattern(value)
  return pattern.ok ? undefined : pattern.problem
}

/** Names, as unlike each other as names of nodes and metrics can be. */
const probes = ['a', 'Z', '7', 'zz-9', 'node-1', 'server.example.org', 'Ωmega', 'a name with spaces']

/**
 * Whether a silence hides every alert, or all but some that it names one by one. A person has to say yes to that twice.
 * Severities and kinds are tried one by one, other labels with names that have nothing in common.
 */
export function matchesEverything(matchers: readonly Matcher[]): boolean {
  return matchers.every((matcher) => {
    const matches = compileMatcher(matcher)
    return valuesOf(matcher.name).every((value) => matches(new Map([[matcher.name, value]])))
  })
}

function valuesOf(name: string): readonly string[] {
  if (name === 'severity') return Severity.options
  if (name === 'kind') return NodeAlertKind.options
  // An alert about a whole node has no metric, and most alerts have no tags.
  return isKnownLabel(name) && name !== 'metric' ? probes : [...probes, '']
}
