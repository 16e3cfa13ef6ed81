import { z } from 'zod'
import { dashboardStatsOperation, getNodeOperation, listNodesOperation } from '#shared/rest/nodes.ts'
import { decodeCursor } from '../http/cursor.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import { getNode, pageOfNodes, dashboardStats } from './service.ts'

const NodeCursor = z.tuple([z.int().min(0).max(2_147_483_647)])

export function nodeRoutes(): ApiRoute[] {
  return [
    apiRoute(listNodesOperation, async ({ query: { cursor, limit }, pool, now }) => {
      const [after] = cursor === undefined ? [0] : decodeCursor(cursor, NodeCursor)
      const { nodes, next } = await pageOfNodes(pool, { after, limit }, now)
      return { body: nodes, next }
    }),
    apiRoute(getNodeOperation, async ({ params, pool, now }) => ({ body: await getNode(pool, params.node_id, now) })),
    apiRoute(dashboardStatsOperation, async ({ pool, now }) => ({ body: await dashboardStats(pool, now) })),
  ]
}
