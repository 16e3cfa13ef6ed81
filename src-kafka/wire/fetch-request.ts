import type { TopicPartition } from '../stream.ts'

/** One partition of a fetch. `maxBytes` limits its share of the response; a first batch beyond it comes whole. */
export interface FetchPartition extends TopicPartition {
  readonly offset: number
  readonly maxBytes: number
}

export interface FetchRequest {
  /** The broker answers after this time, even with fewer than `minBytes`. */
  readonly maxWaitMs: number
  readonly minBytes: number
  readonly maxBytes: number
  /** 0: no session yet, or none wanted (KIP-227). */
  readonly sessionId: number
  /** 0 asks for a session, -1 for a fetch without one. */
  readonly sessionEpoch: number
  /** In a session, only those that are new or changed. */
  readonly partitions: readonly FetchPartition[]
  /** Partitions that the session no longer has. */
  readonly forgotten: readonly TopicPartition[]
  /** Rack of this client, for reading from the nearest replica; empty for none. */
  readonly rack: string
}

const consumerReplica = -1
const readCommitted = 1
const unknown = -1
const headBytes = 4 + 4 + 4 + 4 + 1 + 4 + 4
const partitionBytes = 4 + 4 + 8 + 8 + 4
const int32Range = 0x1_0000_0000

interface TopicRun<T> {
  readonly name: Buffer
  readonly entries: readonly T[]
}

/**
 * The body of a Fetch request of version 11, read committed, without the request header. Consecutive partitions of one
 * topic are one entry. Format: https://kafka.apache.org/protocol#The_Messages_Fetch
 */
export function encodeFetchRequest(request: FetchRequest): Buffer {
  const topics = topicRuns(request.partitions)
  const forgotten = topicRuns(request.forgotten)
  const rack = Buffer.from(request.rack)
  const bytes = Buffer.allocUnsafe(
    headBytes + arrayBytes(topics, partitionBytes) + arrayBytes(forgotten, 4) + 2 + rack.length,
  )
  let at = 0
  at = bytes.writeInt32BE(consumerReplica, at)
  at = bytes.writeInt32BE(request.maxWaitMs, at)
  at = bytes.writeInt32BE(request.minBytes, at)
  at = bytes.writeInt32BE(request.maxBytes, at)
  at = bytes.writeInt8(readCommitted, at)
  at = bytes.writeInt32BE(request.sessionId, at)
  at = bytes.writeInt32BE(request.sessionEpoch, at)
  at = bytes.writeInt32BE(topics.length, at)
  for (const run of topics) {
    at = writeTopic(bytes, at, run)
    for (const entry of run.entries) at = writePartition(bytes, at, entry)
  }
  at = bytes.writeInt32BE(forgotten.length, at)
  for (const run of forgotten) {
    at = writeTopic(bytes, at, run)
    for (const { partition } of run.entries) at = bytes.writeInt32BE(partition, at)
  }
  at = bytes.writeInt16BE(rack.length, at)
  rack.copy(bytes, at)
  return bytes
}

function writeTopic(bytes: Buffer, from: number, { name, entries }: TopicRun<unknown>): number {
  const at = bytes.writeInt16BE(name.length, from)
  return bytes.writeInt32BE(entries.length, at + name.copy(bytes, at))
}

function writePartition(bytes: Buffer, from: number, { partition, offset, maxBytes }: FetchPartition): number {
  let at = bytes.writeInt32BE(partition, from)
  at = bytes.writeInt32BE(unknown, at) // current leader epoch
  at = bytes.writeInt32BE(Math.floor(offset / int32Range), at)
  at = bytes.writeUInt32BE(offset % int32Range, at)
  at = bytes.writeInt32BE(unknown, at) // log start offset, of followers only
  at = bytes.writeInt32BE(unknown, at)
  return bytes.writeInt32BE(maxBytes, at)
}

function topicRuns<T extends TopicPartition>(list: readonly T[]): Array<TopicRun<T>> {
  const runs: Array<{ topic: string; name: Buffer; entries: T[] }> = []
  for (const entry of list) {
    const run = runs.at(-1)
    if (run?.topic === entry.topic) run.entries.push(entry)
    else runs.push({ topic: entry.topic, name: Buffer.from(entry.topic), entries: [entry] })
  }
  return runs
}

function arrayBytes(runs: ReadonlyArray<TopicRun<unknown>>, entryBytes: number): number {
  return runs.reduce((sum, { name, entries }) => sum + 2 + name.length + 4 + entries.length * entryBytes, 4)
}
