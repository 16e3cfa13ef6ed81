import { formatLevel } from '../format/number.ts'
import { shownText } from '../format/shown-text.ts'
import { metricInfo } from '../metric/metric-info.ts'
import { isOfflineRule, type RuleDraft } from './rule.ts'
import { formatDuration } from '../format/duration.ts'
import { anyTagsText } from './rule-subject.ts'
import { scopeText } from './rule-scope.ts'

/**
 * `warning above 85 %, critical above 95 %, clears below 75 %`, or `critical after 1 m`; empty for a rule without
 * levels.
 */
export function levelsText(draft: RuleDraft, unit = ''): string {
  if (isOfflineRule(draft)) return `${draft.severity} after ${formatDuration(draft.seconds * 1000)}`
  const info = metricInfo(draft.metric, unit)
  const [beyond, before] = draft.condition === 'greater' ? ['above', 'below'] : ['below', 'above']
  const part = (word: string, level: number | undefined): string[] =>
    level === undefined ? [] : [`${word} ${formatLevel(level, info.unit)}`]
  return [
    ...part(`warning ${beyond}`, draft.warning),
    ...part(`critical ${beyond}`, draft.critical),
    ...part(`clears ${before}`, draft.clear),
  ].join(', ')
}

/** What a rule is for: `CPU usage`, `disk.used_percent on any path`, or `Node offline`. */
export function subjectText(rule: RuleDraft): string {
  if (isOfflineRule(rule)) return 'Node offline'
  const any = anyTagsText(rule)
  const { label } = metricInfo(rule.metric)
  return any === '' ? label : `${label} on any ${any}`
}

/** `CPU usage, all nodes`, `CPU usage, db-.*`, or `Node offline, all nodes`. */
export function ruleName(rule: RuleDraft): string {
  return `${subjectText(rule)}, ${scopeText(rule.scope)}`
}

/** What a rule is for, as it is typed: `offline nodes`, `cpu_usage`, or `disk.used_percent on any path`. */
export function ruleTargetText(rule: RuleDraft): string {
  if (isOfflineRule(rule)) return 'offline nodes'
  const any = anyTagsText(rule)
  return any === '' ? shownText(rule.metric) : `${shownText(rule.metric)} on any ${any}`
}
