/** Error codes of Metadata, ListOffsets and Fetch (https://kafka.apache.org/protocol#protocol_error_codes). */
export const errorCode = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  topicAuthorizationFailed: 29,
  fetchSessionIdNotFound: 70,
  invalidFetchSessionEpoch: 71,
} as const

const names: Readonly<Record<number, string>> = {
  [-1]: 'UNKNOWN_SERVER_ERROR',
  1: 'OFFSET_OUT_OF_RANGE',
  2: 'CORRUPT_MESSAGE',
  3: 'UNKNOWN_TOPIC_OR_PARTITION',
  5: 'LEADER_NOT_AVAILABLE',
  6: 'NOT_LEADER_OR_FOLLOWER',
  7: 'REQUEST_TIMED_OUT',
  8: 'BROKER_NOT_AVAILABLE',
  9: 'REPLICA_NOT_AVAILABLE',
  13: 'NETWORK_EXCEPTION',
  17: 'INVALID_TOPIC_EXCEPTION',
  29: 'TOPIC_AUTHORIZATION_FAILED',
  35: 'UNSUPPORTED_VERSION',
  56: 'KAFKA_STORAGE_ERROR',
  70: 'FETCH_SESSION_ID_NOT_FOUND',
  71: 'INVALID_FETCH_SESSION_EPOCH',
  72: 'LISTENER_NOT_FOUND',
  74: 'FENCED_LEADER_EPOCH',
  75: 'UNKNOWN_LEADER_EPOCH',
  76: 'UNSUPPORTED_COMPRESSION_TYPE',
  78: 'OFFSET_NOT_AVAILABLE',
}

/** The leader moved, is being elected or is starting. New metadata and another attempt help. */
const passing = new Set([3, 5, 6, 7, 8, 9, 13, 56, 72, 74, 75, 78])

export function isPassing(code: number): boolean {
  return passing.has(code)
}

/** A broker refused a request for a topic. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError'
  /** Kafka's name of the error. */
  readonly type: string

  constructor(code: number, about: string) {
    const type = names[code] ?? `ERROR_${code}`
    super(`${about}: ${type}`)
    this.type = type
  }
}
