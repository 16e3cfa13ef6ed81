import {
  dashboardStatsOperation,
  forgetNodeOperation,
  getNodeOperation,
  listNodesOperation,
} from '#shared/rest/nodes.ts'
import type { ResponseOf } from '#shared/rest/operation.ts'
import { decodeCursor, NodeCursor } from '../http/cursor.ts'
import { type EncodedBody, encodedBody } from '../http/encoded-body.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import { SharedReads } from '../http/shared-reads.ts'
import { forgetNode } from './forget-node.ts'
import { getNode, pageOfNodes, dashboardStats } from './service.ts'

export function nodeRoutes(): ApiRoute[] {
  const pages = new SharedReads<EncodedBody & { readonly next: string | undefined }>()
  const figures = new SharedReads<ResponseOf<typeof dashboardStatsOperation>>()
  return [
    apiRoute(listNodesOperation, async ({ query: { cursor, limit }, pool, now }) => {
      const [after] = cursor === undefined ? [0] : decodeCursor(cursor, NodeCursor)
      const { next, ...encoded } = await pages.get(`${after} ${limit}`, async () => {
        const page = await pageOfNodes(pool, { after, limit }, now)
        return { ...encodedBody(page.nodes), next: page.next }
      })
      return { encoded, next }
    }),
    apiRoute(getNodeOperation, async ({ params, pool, now }) => ({ body: await getNode(pool, params.node_id, now) })),
    apiRoute(forgetNodeOperation, async ({ params, tx, ...call }) => {
      await tx((db) => forgetNode(db, params.node_id, call))
      return {}
    }),
    apiRoute(dashboardStatsOperation, async ({ pool, now }) => ({
      body: await figures.get('', () => dashboardStats(pool, now)),
    })),
  ]
}
