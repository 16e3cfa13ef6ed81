import { latestMetricsOperation, metricHistoryOperation, metricRangeOperation } from '#shared/rest/metrics.ts'
import { decodeCursor, NodeCursor } from '../http/cursor.ts'
import { concurrencyLimit } from '../http/concurrency-limit.ts'
import { type EncodedBody, encodedBody } from '../http/encoded-body.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import { StreamLimit } from '../http/concurrency-limit.ts'
import { SharedReads } from '../http/shared-reads.ts'
import { latest } from './latest.ts'
import { history, range, fullHistory } from './service.ts'

/** Each one holds a connection until its client has read everything. */
const wholeAtOnce = 3
/** A year takes seconds. It uses a quarter of the default connections, so that quick requests have the others. */
const series = { atOnce: 4, waiting: 64, full: 'Too many range requests right now.' }

export function metricRoutes(): ApiRoute[] {
  const latestValues = new SharedReads<EncodedBody & { readonly next: string | undefined }>()
  const line = concurrencyLimit(series)
  const slots = new StreamLimit('requests for every value of a node', wholeAtOnce)
  return [
    apiRoute(latestMetricsOperation, async ({ query: { cursor, ...query }, pool }) => {
      const [after] = cursor === undefined ? [0] : decodeCursor(cursor, NodeCursor)
      const asked = { ...query, after }
      const { next, ...encoded } = await latestValues.get(JSON.stringify(asked), async () => {
        const page = await latest(pool, asked)
        return { ...encodedBody(page.body), next: page.next }
      })
      return { encoded, next }
    }),
    apiRoute(metricHistoryOperation, async ({ query, pool, now, signal }) => {
      if (query.points > 0) return { body: await line.run(() => history(pool, query, now), signal) }
      slots.acquire(signal)
      const stream = await fullHistory(pool, query, { now, signal })
      if (!stream) return { body: {} }
      return { stream, headers: { 'Content-Type': 'application/json; charset=utf-8' } }
    }),
    apiRoute(metricRangeOperation, async ({ query, pool, signal }) => ({
      body: await line.run(() => range(pool, query), signal),
    })),
  ]
}
