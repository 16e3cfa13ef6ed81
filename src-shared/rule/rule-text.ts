import { formatLevel } from '../format/number.ts'
import { metricInfo } from '../metric/metric-info.ts'
import { isOfflineRule, type RuleDraft } from './rule.ts'
import { formatDuration } from '../format/duration.ts'
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

/** `CPU usage, all nodes`, `CPU usage, db-.*`, or `Node offline, all nodes`. */
export function ruleName(rule: RuleDraft): string {
  const name = isOfflineRule(rule) ? 'Node offline' : metricInfo(rule.metric).label
  return `${name}, ${scopeText(rule.scope)}`
}
