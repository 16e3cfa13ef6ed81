import { shownText } from '../format/shown-text.ts'
import { parseMetricName, type MetricName } from '../metric/metric-name.ts'
import { isOfflineRule, metricOfRule, type RuleDraft } from './rule.ts'

/** The tags of a rule that may have any value, sorted; empty for a rule about one metric, or about offline nodes. */
export function anyTagsOf(rule: RuleDraft): readonly string[] {
  return isOfflineRule(rule) || rule.anyTags === undefined ? [] : rule.anyTags.toSorted(byText)
}

/**
 * Equal for two rules about the same series. With the scope, it is the target of a rule, of which only one can be
 * evaluated. A rule for any path and one for `/var` have different subjects: the exact name counts first.
 */
export function ruleSubject(rule: RuleDraft): string {
  return JSON.stringify([metricOfRule(rule), ...anyTagsOf(rule)])
}

/** Whether a rule is about this metric, whatever other rules are. */
export function isAboutMetric(rule: RuleDraft, metric: string): boolean {
  const any = anyTagsOf(rule)
  if (any.length === 0) return metricOfRule(rule) === metric
  return matchesTags({ name: parseMetricName(metricOfRule(rule)), any }, parseMetricName(metric))
}

/** Whether `wider` is about all series that `rule` is about: the same ones, or more. */
export function includesSubject(wider: RuleDraft, rule: RuleDraft): boolean {
  if (ruleSubject(wider) === ruleSubject(rule)) return true
  const any = anyTagsOf(wider)
  if (any.length === 0 || isOfflineRule(rule)) return false
  const own = parseMetricName(metricOfRule(rule))
  const ofAny = anyTagsOf(rule)
  if (ofAny.some((key) => !any.includes(key))) return false
  const tags = [...own.tags, ...ofAny.map((key) => [key, ''] as const)]
  return matchesTags({ name: parseMetricName(metricOfRule(wider)), any }, { ...own, tags })
}

/** What a rule with `anyTags` names: the fixed part of the name, and the tags with any value. */
export interface TagSubject {
  readonly name: MetricName
  readonly any: readonly string[]
}

/** Whether the series has the base and the tags of the subject, the tags with any value, and no others. */
export function matchesTags({ name, any }: TagSubject, series: MetricName): boolean {
  if (series.base !== name.base || series.tags.length !== name.tags.length + any.length) return false
  const fixed = new Map(name.tags)
  return series.tags.every(([key, value]) => any.includes(key) || fixed.get(key) === value)
}

/** `path` and `device`: as words of a sentence. */
export function anyTagsText(rule: RuleDraft): string {
  const names = anyTagsOf(rule).map(shownText)
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
