import { gzipSync, zstdCompressSync } from 'node:zlib'
import { lz4, snappy } from '../codecs/javascript-codecs.ts'
import { crc32c } from './crc32c.ts'
import type { AbortedTransaction, FetchedPartition, FetchResponse } from './fetch-response.ts'

/** Builders of what a broker sends, for tests. */
export interface RecordToWrite {
  readonly value?: Buffer | string | null
  readonly key?: Buffer | string | null
  readonly headers?: ReadonlyArray<readonly [name: string, value: Buffer | string | null]>
  /** Ms after the base timestamp of the batch. */
  readonly after?: number
  /** Offset after the base offset; the position in the batch if absent. */
  readonly delta?: number
}

export interface BatchToWrite {
  readonly baseOffset?: number
  readonly records?: readonly RecordToWrite[]
  /** As after compaction: the last offset that the batch had. */
  readonly lastOffsetDelta?: number
  readonly codec?: number
  readonly baseTimestamp?: number | bigint
  readonly maxTimestamp?: number | bigint
  readonly appendTime?: boolean
  readonly deleteHorizon?: boolean
  readonly producerId?: bigint
  readonly isTransactional?: boolean
  readonly isControl?: boolean
}

export const codecs = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 }

/** A record batch of magic 2 with its checksum. */
export function aRecordBatch(batch: BatchToWrite): Buffer {
  const { records = [], codec = 0, baseTimestamp = 0, maxTimestamp = baseTimestamp } = batch
  const payload = compressed(Buffer.concat(records.map(record)), codec)
  const bytes = Buffer.alloc(61 + payload.length)
  bytes.writeBigInt64BE(BigInt(batch.baseOffset ?? 0), 0)
  bytes.writeInt32BE(bytes.length - 12, 8)
  bytes.writeInt8(2, 16)
  const flags = [batch.appendTime, batch.isTransactional, batch.isControl, batch.deleteHorizon]
  bytes.writeInt16BE(
    flags.reduce((sum, isSet, bit) => sum | (isSet ? 8 << bit : 0), codec),
    21,
  )
  bytes.writeInt32BE(batch.lastOffsetDelta ?? Math.max(0, records.length - 1), 23)
  bytes.writeBigInt64BE(BigInt(baseTimestamp), 27)
  bytes.writeBigInt64BE(BigInt(maxTimestamp), 35)
  bytes.writeBigInt64BE(batch.producerId ?? -1n, 43)
  bytes.writeInt16BE(-1, 51)
  bytes.writeInt32BE(-1, 53)
  bytes.writeInt32BE(records.length, 57)
  payload.copy(bytes, 61)
  return withChecksum(bytes)
}

/** Gives a batch that was changed the checksum that fits. */
export function withChecksum(batch: Buffer): Buffer {
  batch.writeInt32BE(crc32c(batch, 21, batch.length), 17)
  return batch
}

/** The marker that ends a transaction. */
export function aMarker(type: 'abort' | 'commit', producerId: bigint, baseOffset: number): Buffer {
  const key = Buffer.from([0, 0, 0, type === 'abort' ? 0 : 1])
  const value = Buffer.alloc(6)
  return aRecordBatch({ baseOffset, producerId, isTransactional: true, isControl: true, records: [{ key, value }] })
}

/** A message of format 0 or 1, whose checksum nobody reads. */
export function anOldMessage(offset: number, value: string, { magic = 1, codec = 0 } = {}): Buffer {
  const timestamp = Buffer.alloc(magic === 1 ? 8 : 0)
  const head = Buffer.alloc(18)
  const body = [timestamp, int32(-1), int32(value.length), Buffer.from(value)]
  head.writeBigInt64BE(BigInt(offset), 0)
  head.writeInt8(magic, 16)
  head.writeInt8(codec, 17)
  const message = Buffer.concat([head, ...body])
  message.writeInt32BE(message.length - 12, 8)
  return message
}

/** The body of a Fetch response of version 11. Partitions of one topic must be consecutive. */
export function aFetchResponse({ throttleMs, errorCode, sessionId, partitions }: FetchResponse): Buffer {
  const topics = [...new Set(partitions.map(({ topic }) => topic))]
  const head = Buffer.concat([int32(throttleMs), int16(errorCode), int32(sessionId), int32(topics.length)])
  const bodies = topics.map((topic) => {
    const own = partitions.filter((partition) => partition.topic === topic)
    return Buffer.concat([text(topic), int32(own.length), ...own.map(partitionBytes)])
  })
  return Buffer.concat([head, ...bodies])
}

function partitionBytes(fetched: FetchedPartition): Buffer {
  const { partition, errorCode, highWatermark, lastStableOffset, logStartOffset } = fetched
  const aborted = fetched.aborted.flatMap(({ producerId, firstOffset }) => [int64(producerId), int64(firstOffset)])
  return Buffer.concat([
    int32(partition),
    int16(errorCode),
    ...[highWatermark, lastStableOffset, logStartOffset].map(int64),
    int32(fetched.aborted.length),
    ...aborted,
    int32(fetched.preferredReplica),
    int32(fetched.records.length),
    fetched.records,
  ])
}

export const aborted = (producerId: bigint, firstOffset: number): AbortedTransaction => ({ producerId, firstOffset })

function record({ key = null, value = null, headers = [], after = 0, delta }: RecordToWrite, index: number): Buffer {
  const fields = headers.flatMap(([name, content]) => [sized(name), sized(content)])
  const head = [Buffer.from([0]), varint(after), varint(delta ?? index), sized(key), sized(value)]
  const body = Buffer.concat([...head, varint(headers.length), ...fields])
  return Buffer.concat([varint(body.length), body])
}

function sized(content: Buffer | string | null): Buffer {
  if (content === null) return varint(-1)
  const bytes = Buffer.from(content)
  return Buffer.concat([varint(bytes.length), bytes])
}

/** Zigzag varint of up to 64 bits. */
export function varint(value: number | bigint): Buffer {
  const signed = BigInt(value)
  let rest = BigInt.asUintN(64, (signed << 1n) ^ (signed >> 63n))
  const bytes: number[] = []
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}

function compressed(bytes: Buffer, codec: number): Buffer {
  if (codec === codecs.gzip) return gzipSync(bytes)
  if (codec === codecs.snappy) return Buffer.from(snappy.compress(bytes))
  if (codec === codecs.lz4) return Buffer.from(lz4.compress(bytes))
  if (codec === codecs.zstd) return zstdCompressSync(bytes)
  return bytes
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}

function text(content: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(content)), Buffer.from(content)])
}
