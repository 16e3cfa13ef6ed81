import type { MetricMessage } from '#shared/metric/message.ts'
import type { ProducerRecord } from '../src-kafka/produce/producer-record.ts'

/** Metric values by name. An unknown value is absent, never 0. */
export type Metrics = Readonly<Record<string, number>>

/** The node that publishes, and its topic. */
export interface ProducerNode {
  readonly id: string
  readonly name: string
  readonly topic: string
  /** Makes a simulated server reproducible. */
  readonly seed: number
}

/**
 * One measurement as a Kafka record. The key is the node id, so all records of a node stay in one partition, in order.
 * @param at event time, epoch ms
 */
export function producerRecord(node: ProducerNode, at: number, metrics: Metrics): ProducerRecord {
  const message: MetricMessage = {
    node_id: node.id,
    node_name: node.name,
    timestamp: new Date(at).toISOString(),
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, twoDecimals(value)])),
  }
  const value = Buffer.from(JSON.stringify(message))
  return { topic: node.topic, key: node.id, value }
}

/** As producers in the field. No metric is measured more precisely. */
function twoDecimals(value: number): number {
  return Math.round(value * 100) / 100
}
