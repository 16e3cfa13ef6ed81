import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'

/** Where Kafka is, and how to sign in to it. */
export interface ClientAccess {
  readonly brokers: readonly string[]
  /** Absent: plain connections without SASL. */
  readonly security?: KafkaSecurity
}

/** Settings of one client. Plain data: it travels between threads. */
export interface ClientSettings extends ClientAccess {
  /** Shown in the logs and quotas of the brokers. */
  readonly clientId: string
}

/** Settings of a client that reads. */
export interface KafkaSettings extends ClientSettings {
  /** Regular expression for the names of the topics to read. */
  readonly topicPattern: string
}

/** How much is taken in hand at once. */
export interface ReadLimits {
  /** Partitions whose batches are handed over at the same time. */
  readonly partitions: number
  /** Records of one partition that are handed over in one call. */
  readonly sliceRecords: number
  /** Of all partitions of a broker together, in one fetch; and of all together that are being stored meanwhile. */
  readonly maxBytes: number
  /** After storage has failed, until it is tried again. */
  readonly storageRetryMs: number
}

/** One thread, one disk, and a window that wants its share of the time. */
export const consoleReadLimits: ReadLimits = {
  partitions: 3,
  sliceRecords: 1_000,
  maxBytes: 4 * 1024 * 1024,
  storageRetryMs: 10_000,
}
