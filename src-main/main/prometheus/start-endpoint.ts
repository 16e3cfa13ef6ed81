import type { Notice } from '../app/current-health.ts'
import type { Log } from '#shared/log.ts'
import { serveMetrics } from './metrics-endpoint.ts'
import type { EndpointFacts, MetricsEndpoint } from './metrics-endpoint.ts'

export interface MetricsEndpointDeps extends Omit<EndpointFacts, 'onError'> {
  readonly port: number
  readonly log: Log
  readonly notice: (notice: Notice) => void
}

export const metricsNoticeId = 'metrics-endpoint'

/** Starts the endpoint. If it fails, ReMo logs it, shows a notice and continues. */
export async function startMetricsEndpoint({
  port,
  log,
  notice,
  ...facts
}: MetricsEndpointDeps): Promise<MetricsEndpoint | undefined> {
  try {
    const endpoint = await serveMetrics(port, { ...facts, onError: (cause) => log.warn('scrape failed', { cause }) })
    log.info('metrics endpoint', { url: metricsUrl(endpoint.port) })
    return endpoint
  } catch (cause) {
    log.warn('metrics endpoint is off', { port, cause })
    const inUse = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE'
    const reason = inUse
      ? `another program uses port ${port}; choose another one in Settings, or set PROMETHEUS_PORT`
      : (cause as Error).message
    notice({ id: metricsNoticeId, severity: 'warning', text: `Prometheus endpoint is off: ${reason}.` })
    return undefined
  }
}

export function metricsUrl(port: number): string {
  return `http://127.0.0.1:${port}/metrics`
}
