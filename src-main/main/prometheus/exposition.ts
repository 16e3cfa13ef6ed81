import { Registry } from 'prom-client'
import type { Metric, MetricObjectWithValues, MetricValue, RegistryContentType } from 'prom-client'
import type { MetricFamily } from './metric-families.ts'

export interface Exposition {
  readonly type: string
  readonly text: string
}

/**
 * Writes the families in the format that the scraper accepts. Each scrape has its own registry: prom-client fixes the
 * format per registry, and OpenMetrics output renames the given counters (siimon/prom-client#794).
 */
export async function toExposition(
  families: ReadonlyArray<MetricFamily | MetricObjectWithValues<MetricValue<string>>>,
  accept: string,
): Promise<Exposition> {
  const open = accept.includes('application/openmetrics-text')
  const registry = new Registry<RegistryContentType>()
  if (open) registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  for (const family of families) {
    const metric = { ...family, get: () => Promise.resolve({ ...family, name: metric.name }) }
    // A registry uses only the name, type and `get` of a metric; its type requires the full class.
    registry.registerMetric(metric as unknown as Metric)
  }
  return { type: registry.contentType, text: await registry.metrics() }
}
