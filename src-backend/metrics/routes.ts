import { latestMetrics, metricHistory, metricRange } from '#shared/rest/metrics.ts'
import { type Route, route } from '../http/route.ts'
import { Slots } from '../http/slots.ts'
import { history, latest, range, wholeHistory } from './service.ts'

/** Each holds a connection for as long as its client takes to read. */
const wholeAtOnce = 3

export function metricRoutes(): Route[] {
  const slots = new Slots('requests for all values of a node', wholeAtOnce)
  return [
    route(latestMetrics, async ({ query, pool }) => ({ body: await latest(pool, query.node_id) })),
    route(metricHistory, async ({ query, pool, now, signal }) => {
      if (query.points > 0) return { body: await history(pool, query, now) }
      slots.take(signal)
      const stream = await wholeHistory(pool, query, { now, signal })
      if (!stream) return { body: {} }
      return { stream, headers: { 'Content-Type': 'application/json; charset=utf-8' } }
    }),
    route(metricRange, async ({ query, pool }) => ({ body: await range(pool, query) })),
  ]
}
