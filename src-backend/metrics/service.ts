import type { Readable } from 'node:stream'
import { metricInfo, unitIn } from '#shared/metric/metric-info.ts'
import type { ResponseOf, QueryOf } from '#shared/rest/operation.ts'
import type { metricHistoryOperation, metricRangeOperation } from '#shared/rest/metrics.ts'
import { dayMs, hourMs } from '#shared/format/time-units.ts'
import type { Pool } from '../db/db.ts'
import { apiError } from '../http/problem.ts'
import type { DownsampledPoint, TimedValue } from './downsampler.ts'
import { valuesOf } from './downsampler.ts'
import { allValuesJson } from './history-json.ts'
import type { TimeRange } from './range-plan.ts'
import { historyBudget } from './history-budget.ts'
import { readSeries } from './read-series.ts'
import { findSeries, readSamplesSince } from './repo.ts'

/** A producer's clock may be this far ahead, and its newest values still belong to the range. */
const aheadMs = 5 * 60_000
/** The longest that can be configured. */
const longestRetentionMs = 3_650 * dayMs
const longestMs = 366 * 24 * hourMs

type History = ResponseOf<typeof metricHistoryOperation>

/**
 * Metrics without a value in the range are left out, so an unknown node has none.
 * @throws ApiError `invalid_request` if one response is too small for all metrics of the node
 */
export async function history(
  pool: Pool,
  query: QueryOf<typeof metricHistoryOperation>,
  now: number,
): Promise<History> {
  const range = lastHours(now, query.hours)
  const series = await readSeries(pool, {
    nodeId: query.node_id,
    metrics: query.metric_type === undefined ? undefined : [query.metric_type],
    range,
    budget: (metrics) => historyBudget(query.points, metrics),
  })
  const found = Array.from(series?.points ?? [], ([metric, points]) => {
    // With a budget of one point, the two points of a column are one too many.
    return [metric, valuesOf(points).slice(0, query.points).map(pointOf)] as const
  })
  return Object.fromEntries(found.filter(([, points]) => points.length > 0))
}

/** All stored values as JSON; `undefined` for an unknown node. */
export async function fullHistory(
  pool: Pool,
  query: QueryOf<typeof metricHistoryOperation>,
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<Readable | undefined> {
  const node = await findSeries(pool, query.node_id)
  if (!node) return undefined
  const { from, to } = lastHours(now, query.hours)
  const metrics = query.metric_type === undefined ? node.metrics : [query.metric_type]
  const range = { from: Math.max(from, await readSamplesSince(pool)), to }
  return allValuesJson(pool, signal, { node: node.id, metrics, range })
}

/** @throws ApiError `invalid_request` for a range that ends before it begins, or is longer than a year */
export async function range(
  pool: Pool,
  query: QueryOf<typeof metricRangeOperation>,
): Promise<ResponseOf<typeof metricRangeOperation>> {
  const { metrics, points, ...asked } = query
  const between = rangeOf(asked)
  const found = await readSeries(pool, {
    nodeId: query.node_id,
    metrics: [...new Set(metrics)],
    range: between,
    budget: () => ({ values: points, columns: points }),
  })
  const series = Array.from(found?.points ?? [], ([metric, points]) => ({
    metric,
    unit: metricInfo(metric, found && unitIn(found.node.units, metric)).unit,
    ...rangeColumns(points),
  }))
  return { resolution: found?.isCoarse ? 60 : 0, series }
}

function rangeColumns(points: readonly DownsampledPoint[]): {
  t: number[]
  min: number[]
  max: number[]
  last: number[]
} {
  return {
    t: points.map(({ lastAt }) => lastAt),
    min: points.map(({ min }) => min),
    max: points.map(({ max }) => max),
    last: points.map(({ last }) => last),
  }
}

function rangeOf({ from, to }: { readonly from: string; readonly to: string }): TimeRange {
  const between = { from: Date.parse(from), to: Date.parse(to) }
  if (between.to > between.from && between.to - between.from <= longestMs) return between
  throw apiError('invalid_request', 'The range must end after it starts and span at most 366 days.', {
    issues: [{ path: 'query.to', message: 'expected a time after `from`, at most 366 days' }],
  })
}

/** The last hours, at most those of the longest retention, and values of producers whose clock is ahead. */
export function lastHours(now: number, hours: number): TimeRange {
  return { from: now - Math.min(hours * hourMs, longestRetentionMs), to: now + aheadMs }
}

function pointOf({ at, value }: TimedValue): { value: number; timestamp: string } {
  return { value, timestamp: new Date(at).toISOString() }
}
