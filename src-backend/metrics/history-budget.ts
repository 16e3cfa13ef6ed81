import { historyValuesAtMost } from '#shared/rest/metrics.ts'
import { apiError } from '../http/problem.ts'
import { columnsFor } from './range-plan.ts'
import type { PointBudget } from './read-series.ts'

/**
 * Divides the limit of a response among metrics: at most `points` values each.
 * @throws ApiError `invalid_request` if that leaves less than a minimum and a maximum for each
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
