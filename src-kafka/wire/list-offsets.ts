import type { TopicPartition } from '../stream.ts'
import { WireReader } from './wire-reader.ts'

export interface ListedOffset extends TopicPartition {
  /** Protocol error code; 0 without an error. */
  readonly errorCode: number
  readonly offset: number
}

/** Special timestamps of ListOffsets. `end`: the end of what a reader of committed records can read. */
export const offsetOf = { start: -2n, end: -1n } as const

export const listOffsetsVersion = 2
const noReplica = -1
const readCommitted = 1

/** Body of a ListOffsets request (version 2). */
export function encodeListOffsetsRequest(partitions: readonly TopicPartition[], timestamp: bigint): Buffer {
  const byTopic = new Map<string, TopicPartition[]>()
  for (const part of partitions) {
    const ofTopic = byTopic.get(part.topic)
    if (ofTopic) ofTopic.push(part)
    else byTopic.set(part.topic, [part])
  }
  const head = Buffer.alloc(9)
  head.writeInt32BE(noReplica, 0)
  head.writeInt8(readCommitted, 4)
  head.writeInt32BE(byTopic.size, 5)
  const topics = [...byTopic].map(([topic, ofTopic]) => encodeTopic(topic, ofTopic, timestamp))
  return Buffer.concat([head, ...topics])
}

function encodeTopic(topic: string, partitions: readonly TopicPartition[], timestamp: bigint): Buffer {
  const name = Buffer.from(topic)
  const bytes = Buffer.alloc(2 + name.length + 4 + partitions.length * 12)
  let at = bytes.writeInt16BE(name.length, 0)
  at += name.copy(bytes, at)
  at = bytes.writeInt32BE(partitions.length, at)
  for (const { partition } of partitions) {
    at = bytes.writeInt32BE(partition, at)
    at = bytes.writeBigInt64BE(timestamp, at)
  }
  return bytes
}

/** @throws MalformedResponseError */
export function readListOffsetsResponse(body: Buffer): ListedOffset[] {
  const reader = new WireReader(body)
  reader.int32() // throttle time
  const listed: ListedOffset[] = []
  for (let topics = reader.arrayLength(); topics > 0; topics--) {
    const topic = reader.string()
    for (let partitions = reader.arrayLength(); partitions > 0; partitions--) {
      const partition = reader.int32()
      const errorCode = reader.int16()
      reader.int64() // timestamp
      listed.push({ topic, partition, errorCode, offset: reader.int64() })
    }
  }
  return listed
}
