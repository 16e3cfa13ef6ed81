import type { TopicPartition } from '../stream.ts'

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

/** A response that is no Fetch response of version 11. */
export class MalformedResponseError extends Error {
  override readonly name = 'MalformedResponseError'
}

/**
 * Parses the body of a Fetch response of version 11: the bytes after the correlation id. Records stay unparsed.
 * Allocates less than 20 times the length of the response, whatever its content is.
 * @throws MalformedResponseError
 */
export function parseFetchResponse(bytes: Buffer): FetchResponse {
  const cursor = new Cursor(bytes)
  const throttleMs = cursor.int32()
  const errorCode = cursor.int16()
  const sessionId = cursor.int32()
  const partitions: FetchedPartition[] = []
  for (let topics = cursor.arrayLength(topicBytes); topics > 0; topics--) {
    const topic = cursor.string()
    for (let n = cursor.arrayLength(partitionBytes); n > 0; n--) partitions.push(readPartition(cursor, topic))
  }
  if (cursor.left > 0) throw new MalformedResponseError(`${cursor.left} bytes after the end of a fetch response`)
  return { throttleMs, errorCode, sessionId, partitions }
}

/** The fewest bytes that an entry of each array takes. */
const topicBytes = 2 + 4
const partitionBytes = 4 + 2 + 8 + 8 + 8 + 4 + 4 + 4
const abortedBytes = 8 + 8

function readPartition(cursor: Cursor, topic: string): FetchedPartition {
  return {
    topic,
    partition: cursor.int32(),
    errorCode: cursor.int16(),
    highWatermark: cursor.int64(),
    lastStableOffset: cursor.int64(),
    logStartOffset: cursor.int64(),
    aborted: readAborted(cursor),
    preferredReplica: cursor.int32(),
    records: cursor.nullableBytes(),
  }
}

const none: readonly AbortedTransaction[] = []

function readAborted(cursor: Cursor): readonly AbortedTransaction[] {
  const count = cursor.arrayLength(abortedBytes)
  if (count === 0) return none
  return Array.from({ length: count }, () => ({ producerId: cursor.bigInt64(), firstOffset: cursor.int64() }))
}

class Cursor {
  readonly #bytes: Buffer
  readonly #view: DataView
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  int16(): number {
    return this.#view.getInt16(this.#take(2))
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4))
  }

  bigInt64(): bigint {
    return this.#view.getBigInt64(this.#take(8))
  }

  int64(): number {
    return Number(this.bigInt64())
  }

  /** Null counts as empty. More entries than the bytes can hold are refused before anything is allocated. */
  arrayLength(entryBytes: number): number {
    const length = this.int32()
    if (length < -1 || length * entryBytes > this.left) {
      throw new MalformedResponseError(`an array of ${length} entries in ${this.left} bytes of a fetch response`)
    }
    return Math.max(0, length)
  }

  string(): string {
    const length = this.int16()
    const at = this.#take(length)
    return this.#bytes.toString('utf8', at, at + length)
  }

  nullableBytes(): Buffer {
    const length = Math.max(0, this.int32())
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  #take(length: number): number {
    if (length < 0 || length > this.left) {
      throw new MalformedResponseError(`a field of ${length} bytes in ${this.left} bytes of a fetch response`)
    }
    const at = this.#at
    this.#at += length
    return at
  }
}
