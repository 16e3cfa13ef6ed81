import { historyValuesAtMost } from '#shared/rest/metrics.ts'
import { apiError } from '../http/problem.ts'
import { columnsFor } from './range-plan.ts'
import type { PointBudget } from './read-series.ts'

/**
 * At most `points` values for each of so many metrics, and no more in all than an answer may have.
 * @throws ApiError `invalid_request` where that leaves less than a minimum and a maximum for each of them
 */
export function historyBudget(points: number, metrics: number): PointBudget {
  const share = Math.floor(historyValuesAtMost / Math.max(metrics, 1))
  if (share < 2) {
    throw apiError('invalid_request', `This node has ${metrics} metrics, too many for one response. Set metric_type.`, {
      issues: [{ path: 'query.metric_type', message: 'required for a node with this many metrics' }],
    })
  }
  const values = Math.min(points, share)
  return { values, columns: columnsFor(values) }
}
