import { exportCsvOperation, exportSummaryOperation } from '#shared/rest/export.ts'
import { concurrencyLimit } from '../http/concurrency-limit.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import { StreamLimit } from '../http/concurrency-limit.ts'
import { csvOf, summaryOf } from './service.ts'

/** Each one holds a connection until its client has read everything. */
const exportsAtOnce = 3
/** A year of a large fleet takes seconds. */
const summaries = { atOnce: 2, waiting: 16, full: 'Too many summary requests right now.' }

export function exportRoutes(): ApiRoute[] {
  const line = concurrencyLimit(summaries)
  const slots = new StreamLimit('exports', exportsAtOnce)
  return [
    apiRoute(exportCsvOperation, async ({ query, pool, now, signal }) => {
      slots.acquire(signal)
      return { stream: await csvOf(pool, query, { now, signal }), headers: { 'Content-Disposition': attachment(now) } }
    }),
    apiRoute(exportSummaryOperation, async ({ query, pool, now, signal }) => ({
      body: await line.run(() => summaryOf(pool, query, now), signal),
    })),
  ]
}

/** `remo-metrics-20261124-101530.csv`, UTC. */
function attachment(now: number): string {
  const [date = '', time = ''] = new Date(now).toISOString().replaceAll(/[-:]/g, '').split(/[T.]/)
  return `attachment; filename="remo-metrics-${date}-${time}.csv"`
}
