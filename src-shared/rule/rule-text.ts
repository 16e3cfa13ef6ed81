import { formatLevel } from '../format/number.ts'
import { metricInfo } from '../metric/metric-info.ts'
import type { RuleDraft } from './rule.ts'

/** `warning above 85 %, critical above 95 %, clears below 75 %`; empty for a rule without levels. */
export function levelsText(draft: RuleDraft, unit = ''): string {
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

/** `CPU usage, all nodes`. */
export function ruleName({ metric, scope }: Pick<RuleDraft, 'metric' | 'scope'>): string {
  return `${metricInfo(metric).label}, ${scope.kind === 'all' ? 'all nodes' : scope.nodeId}`
}
