import type { TopicPartition } from '../stream.ts'
import { MalformedResponseError, WireReader } from './wire-reader.ts'

/** A transaction that ended with an abort marker, and whose records may be among those of the response. */
export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: number
}

export interface FetchedPartition extends TopicPartition {
  /** Kafka's error code; 0 for none. */
  readonly errorCode: number
  readonly highWatermark: number
  /** Records from here on belong to open transactions or follow one. -1 if the broker does not say. */
  readonly lastStableOffset: number
  readonly logStartOffset: number
  readonly aborted: readonly AbortedTransaction[]
  /** The replica to fetch from instead; -1 for none. */
  readonly preferredReplica: number
  /** A view into the response; empty without records. */
  readonly records: Buffer
}

export interface FetchResponse {
  readonly throttleMs: number
  /** Error of the whole fetch, such as an unknown session; 0 for none. */
  readonly errorCode: number
  readonly sessionId: number
  readonly partitions: readonly FetchedPartition[]
}

/**
 * Parses the body of a Fetch response of version 11: the bytes after the correlation id. Records stay unparsed.
 * Allocates less than 20 times the length of the response, whatever its content is.
 * @throws MalformedResponseError
 */
export function parseFetchResponse(bytes: Buffer): FetchResponse {
  const reader = new WireReader(bytes)
  const throttleMs = reader.int32()
  const errorCode = reader.int16()
  const sessionId = reader.int32()
  const partitions: FetchedPartition[] = []
  for (let topics = reader.arrayLength(topicBytes); topics > 0; topics--) {
    const topic = reader.string()
    for (let n = reader.arrayLength(partitionBytes); n > 0; n--) partitions.push(readPartition(reader, topic))
  }
  if (reader.left > 0) throw new MalformedResponseError(`${reader.left} bytes after the end of a fetch response`)
  return { throttleMs, errorCode, sessionId, partitions }
}

/** The fewest bytes that an entry of each array takes. */
const topicBytes = 2 + 4
const partitionBytes = 4 + 2 + 8 + 8 + 8 + 4 + 4 + 4
const abortedBytes = 8 + 8

function readPartition(reader: WireReader, topic: string): FetchedPartition {
  return {
    topic,
    partition: reader.int32(),
    errorCode: reader.int16(),
    highWatermark: reader.int64(),
    lastStableOffset: reader.int64(),
    logStartOffset: reader.int64(),
    aborted: readAborted(reader),
    preferredReplica: reader.int32(),
    records: reader.nullableBytes(),
  }
}

const none: readonly AbortedTransaction[] = []

function readAborted(reader: WireReader): readonly AbortedTransaction[] {
  const count = reader.arrayLength(abortedBytes)
  if (count === 0) return none
  return Array.from({ length: count }, () => ({ producerId: reader.bigInt64(), firstOffset: reader.int64() }))
}
