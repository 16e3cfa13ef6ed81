/** How one Kafka client is to connect and what it reads. */
export interface KafkaSettings {
  readonly brokers: readonly string[]
  /** Regular expression that a topic's name is tested against. */
  readonly topicPattern: string
  readonly clientId: string
}
