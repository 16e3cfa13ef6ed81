import { messageText, type Metrics } from '#shared/metric/message-text.ts'
import type { ProducerRecord } from '../src-kafka/produce/producer-record.ts'

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
export function producerRecord({ id, name, topic }: ProducerNode, at: number, metrics: Metrics): ProducerRecord {
  const value = Buffer.from(messageText({ id, name, timestamp: new Date(at).toISOString(), metrics }))
  return { topic, key: id, value }
}
