import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'

/** How one Kafka client is to connect and what it reads. Plain data: it travels between threads. */
export interface KafkaSettings {
  readonly brokers: readonly string[]
  /** Regular expression that a topic's name is tested against. */
  readonly topicPattern: string
  readonly clientId: string
  /** Absent: plain connections, nobody logs in. */
  readonly security?: KafkaSecurity
}
