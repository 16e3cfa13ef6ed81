import type { Log } from '#shared/log.ts'
import type { MetricsEndpoint, Scrape } from '../prometheus/metrics-endpoint.ts'
import { metricsNoticeId, metricsUrl, startMetricsEndpoint } from '../prometheus/start-endpoint.ts'
import type { MetricsEndpointDeps } from '../prometheus/start-endpoint.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { AppHealth } from './app-health.ts'

export interface MetricsServerDeps {
  readonly settings: SettingsService
  readonly scrape: Scrape
  readonly versions: MetricsEndpointDeps['versions']
  readonly health: Pick<AppHealth, 'addNotice' | 'clearNotice' | 'report'>
  readonly log: Log
}

/** Serves `/metrics` on the port of the settings, and moves when it changes. */
export class MetricsServer {
  readonly #deps: MetricsServerDeps
  #endpoint: MetricsEndpoint | undefined
  #last: Promise<void> = Promise.resolve()

  constructor(deps: MetricsServerDeps) {
    this.#deps = deps
  }

  /** Address of `/metrics`, whether it is served or not. */
  get url(): string {
    return metricsUrl(this.#endpoint?.port ?? this.#deps.settings.values['prometheus.port'])
  }

  /** Starts on the port of the settings; if it is served already, stops that first. */
  start(): Promise<void> {
    return this.#inTurn(async () => {
      const { settings, health, ...rest } = this.#deps
      await this.#endpoint?.stop()
      health.clearNotice(metricsNoticeId)
      const port = settings.values['prometheus.port']
      this.#endpoint = await startMetricsEndpoint({
        ...rest,
        port,
        health: () => health.report.health,
        notice: (notice) => health.addNotice(notice),
      })
    })
  }

  stop(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#endpoint?.stop()
      this.#endpoint = undefined
    })
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work)
    return this.#last
  }
}
