import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Alert } from '#shared/alert/alert.ts'
import type { DataThread } from '../ipc/ipc-deps.ts'
import type { NotificationCount } from '../notifications/desktop-notifier.ts'
import type { Scrape } from './metrics-endpoint.ts'
import { toExposition } from './exposition.ts'
import { families } from './metric-families.ts'
import type { ScrapeSnapshot } from './metric-families.ts'

export interface ScrapeDeps {
  readonly data: Pick<DataThread, 'call'>
  readonly build: ScrapeSnapshot['build']
  readonly openAlerts: () => readonly Alert[]
  readonly notifications: () => readonly NotificationCount[]
  readonly backend: () => ScrapeSnapshot['backend']
  /** Whether each node has series of its own: the setting in force. */
  readonly hasNodeSeries: () => boolean
  readonly now: () => number
}

/** Gauges of prom-client with the suffix of counters, which `promtool check metrics` refuses. */
const isMisnamed = /^nodejs_active_\w+_total$/

/** Reads all values at the time of the scrape, so that they belong together. */
export function createScrape(deps: ScrapeDeps): Scrape {
  const { data, build, openAlerts, notifications, backend, hasNodeSeries, now } = deps
  const runtime = new Registry()
  collectDefaultMetrics({ register: runtime })
  return async (accept) => {
    const [counters, live, process] = await Promise.all([
      data.call('counters.get', {}),
      data.call('live.snapshot', {}),
      runtime.getMetricsAsJSON(),
    ])
    const snapshot = {
      now: now(),
      build,
      data: counters,
      live,
      openAlerts: openAlerts(),
      notifications: notifications(),
      backend: backend(),
      hasNodeSeries: hasNodeSeries(),
    }
    return toExposition([...families(snapshot), ...process.filter(({ name }) => !isMisnamed.test(name))], accept)
  }
}
