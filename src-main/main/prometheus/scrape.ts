import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Alert } from '#shared/alert/alert.ts'
import type { IsSilenced } from '#shared/alert/inhibit.ts'
import type { DataThread } from '../ipc/ipc-deps.ts'
import type { NotificationCount } from '../notifications/desktop-notifier.ts'
import type { SoundCount } from '../sounds/sounds.ts'
import type { Scrape } from './metrics-endpoint.ts'
import { toExposition } from './exposition.ts'
import { families } from './metric-families.ts'
import type { ScrapeSnapshot } from './metric-families.ts'

export interface ScrapeDeps {
  readonly data: Pick<DataThread, 'call'>
  readonly build: ScrapeSnapshot['build']
  readonly openAlerts: () => readonly Alert[]
  readonly isSilenced: IsSilenced
  readonly notifications: () => readonly NotificationCount[]
  readonly sounds: () => readonly SoundCount[]
  readonly doNotDisturb: () => ScrapeSnapshot['doNotDisturb']
  readonly backend: () => ScrapeSnapshot['backend']
  /** Whether each node has series of its own: the setting in force. */
  readonly hasNodeSeries: () => boolean
  /** Whether the other metrics of nodes have series too: the setting in force. */
  readonly hasAllMetrics: () => boolean
  readonly now: () => number
}

/**
 * Of prom-client: gauges with the suffix of counters, which `promtool check metrics` refuses, and the distribution of the
 * event loop's lag. To measure that, a timer would wake the computer a hundred times a second.
 */
const isLeftOut = /^nodejs_active_\w+_total$|^nodejs_eventloop_lag_\w+_seconds$/
/** The longest timer: it never fires. */
const neverMs = 2 ** 31 - 1

/** Reads all values at the time of the scrape, so that they belong together. */
export function createScrape(deps: ScrapeDeps): Scrape {
  const { data, build, openAlerts, isSilenced, notifications, doNotDisturb, backend, hasNodeSeries, now } = deps
  const runtime = new Registry()
  collectDefaultMetrics({ register: runtime, eventLoopMonitoringPrecision: neverMs })
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
      isSilenced,
      notifications: notifications(),
      sounds: deps.sounds(),
      doNotDisturb: doNotDisturb(),
      backend: backend(),
      hasNodeSeries: hasNodeSeries(),
      hasAllMetrics: deps.hasAllMetrics(),
    }
    return toExposition([...families(snapshot), ...process.filter(({ name }) => !isLeftOut.test(name))], accept)
  }
}
