import type { latestMetricsOperation } from '#shared/rest/metrics.ts'
import type { QueryOf, ResponseOf } from '#shared/rest/operation.ts'
import type { Pool } from '../db/db.ts'
import { encodeCursor } from '../http/cursor.ts'
import { nodesOfPage, readLatest, type NewestValue } from './latest-repo.ts'

/** Values in a response about all nodes, some 4 MB. A node is never cut. */
export const latestValuesAtMost = 50_000

export interface LatestQuery extends Omit<QueryOf<typeof latestMetricsOperation>, 'cursor'> {
  /** Number of the last node of the page before; 0: the first page. */
  readonly after: number
}

export interface LatestPage {
  readonly body: ResponseOf<typeof latestMetricsOperation>
  readonly next: string | undefined
}

/** One page: with one metric all nodes, else as many as make a response of a sensible size. */
export async function latest(pool: Pool, { node_id, metric_type, after }: LatestQuery): Promise<LatestPage> {
  const valuesAtMost = metric_type === undefined ? latestValuesAtMost : Infinity
  const { ids, hasMore } = await nodesOfPage(pool, { after, nodeId: node_id, valuesAtMost })
  const nodes = await readLatest(pool, ids, metric_type)
  const entries = nodes.map(([nodeId, values]) => [nodeId, Object.fromEntries(values.map(pointOf))] as const)
  const last = hasMore ? ids.at(-1) : undefined
  return { body: Object.fromEntries(entries), next: last === undefined ? undefined : encodeCursor([last]) }
}

function pointOf([metric, { value, at }]: readonly [string, NewestValue]) {
  return [metric, { value, timestamp: new Date(at).toISOString() }] as const
}
