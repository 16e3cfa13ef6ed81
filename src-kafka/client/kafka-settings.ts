import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'

/** Where Kafka is, and how to sign in to it. */
export interface ClientAccess {
  readonly brokers: readonly string[]
  /** Absent: plain connections without SASL. */
  readonly security?: KafkaSecurity
}

/** Settings of one client. Plain data, because it is sent between threads. */
export interface ClientSettings extends ClientAccess {
  /** Shown in the logs and quotas of the brokers. */
  readonly clientId: string
}

/** Settings of a client that reads. */
export interface KafkaSettings extends ClientSettings {
  /** Regular expression for the names of the topics to read. */
  readonly topicPattern: string
  /** Rack or zone of this client, as the brokers name theirs: it may then read from the nearest replica. */
  readonly rack?: string
}

/** How much a reader has in progress at once. */
export interface ReadLimits {
  /** Calls of a handler that run at the same time, each for other partitions. */
  readonly queues: number
  /** Records in one call of a handler. */
  readonly sliceRecords: number
  /** Bytes of one round of fetches. As much may wait to be stored, and the answers on their way come on top. */
  readonly maxBytes: number
  /** Wait after a storage failure, in ms. */
  readonly storageRetryMs: number
}

/** For one thread and one disk, next to a window that needs the CPU too. */
export const consoleReadLimits: ReadLimits = {
  queues: 1,
  sliceRecords: 4_000,
  maxBytes: 4 * 1024 * 1024,
  storageRetryMs: 10_000,
}
