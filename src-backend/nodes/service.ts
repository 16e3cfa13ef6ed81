import { freshnessOf } from '#shared/health/freshness.ts'
import type { Freshness } from '#shared/health/health.ts'
import type { ResponseOf } from '#shared/rest/operation.ts'
import type { dashboardStatsOperation, NodeItem } from '#shared/rest/nodes.ts'
import { hourMs } from '#shared/format/time-units.ts'
import type { Pool } from '../db/db.ts'
import { pageOf } from '../http/cursor.ts'
import { apiError } from '../http/problem.ts'
import type { LastSeen, NodeListRow } from './repo.ts'
import { countUnacknowledged, countValues, findNode, listLastSeen, listNodes } from './repo.ts'

interface NodePage {
  readonly nodes: NodeItem[]
  /** Cursor of the next page. */
  readonly next: string | undefined
}

export async function pageOfNodes(
  pool: Pool,
  { after, limit }: { readonly after: number; readonly limit: number },
  now: number,
): Promise<NodePage> {
  const rows = await listNodes(pool, after, limit + 1)
  const { shown, next } = pageOf(rows, limit, ({ id }) => [id])
  return { nodes: shown.map((row) => nodeItem(row, now)), next }
}

/** @throws ApiError `node_not_found` */
export async function getNode(pool: Pool, nodeId: string, now: number): Promise<NodeItem> {
  const row = await findNode(pool, nodeId)
  if (row) return nodeItem(row, now)
  throw apiError('node_not_found', `Node ${nodeId} not found.`)
}

export async function dashboardStats(pool: Pool, now: number): Promise<ResponseOf<typeof dashboardStatsOperation>> {
  const [lastSeen, unacknowledged, values] = await Promise.all([
    listLastSeen(pool),
    countUnacknowledged(pool),
    countValues(pool, now - hourMs),
  ])
  return {
    total_nodes: lastSeen.length,
    active_nodes: lastSeen.filter((node) => statusOf(node, now) === 'active').length,
    unacknowledged_alerts: unacknowledged,
    metrics_last_hour: values,
  }
}

/** A node whose clock is ahead goes on sending, until its offline alert says otherwise. */
const words = { fresh: 'active', stale: 'stale', offline: 'offline', ahead: 'active' } as const satisfies Record<
  Freshness,
  string
>

function statusOf({ lastSeenMs, intervalMs, isSilent }: LastSeen, now: number): NodeItem['status'] {
  const freshness = freshnessOf(lastSeenMs, intervalMs ?? NaN, now)
  return freshness === 'ahead' && isSilent ? 'offline' : words[freshness]
}

function nodeItem(row: NodeListRow, now: number): NodeItem {
  return {
    id: row.id,
    node_id: row.nodeId,
    node_name: row.nodeName,
    status: statusOf(row, now),
    last_seen: new Date(row.lastSeenMs).toISOString(),
  }
}
