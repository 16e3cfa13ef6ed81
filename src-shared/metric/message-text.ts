import type { MetricMessage } from './message.ts'

/** Metric values by name. An unknown value is absent, never 0. */
export type Metrics = Readonly<Record<string, number>>

/** What a message says. `timestamp`: RFC 3339. */
export interface MessageContent {
  readonly id: string
  readonly name: string
  readonly timestamp: string
  readonly metrics: Metrics
  readonly units?: Readonly<Record<string, string>>
}

/** The JSON of a message, with two decimals as producers in the field: no metric is measured more precisely. */
export function messageText({ id, name, timestamp, metrics, units }: MessageContent): string {
  const message: MetricMessage = {
    node_id: id,
    node_name: name,
    timestamp,
    metrics: Object.fromEntries(Object.entries(metrics).map(([metric, value]) => [metric, twoDecimals(value)])),
    ...(units === undefined ? {} : { units: { ...units } }),
  }
  return JSON.stringify(message)
}

function twoDecimals(value: number): number {
  return Math.round(value * 100) / 100
}
