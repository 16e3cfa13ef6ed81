import { metricInfo } from '../metric/metric-info.ts'
import type { LevelProblem, MetricRuleDraft } from './rule.ts'

/** A level outside the range of its metric is never crossed, or always: a typing error. */
export function rangeProblems(draft: MetricRuleDraft): readonly LevelProblem[] {
  const { label, max, unit } = metricInfo(draft.metric)
  if (max === undefined) return []
  return (['warning', 'critical', 'clear'] as const).flatMap((field) => {
    const level = draft[field]
    if (level === undefined || (level >= 0 && level <= max)) return []
    return [{ field, message: `${label} is from 0 to ${max}\u202f${unit}.` }]
  })
}
