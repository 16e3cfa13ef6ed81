import { gunzipSync } from 'node:zlib'
import { unlz4 } from './lz4.ts'
import { unsnappy } from './snappy.ts'
import { unzstd } from './zstd.ts'

type Decompress = (payload: Buffer, maxBytes: number) => Uint8Array

/** By the number in the attributes of a batch. Kafka has not assigned 5, 6 and 7. */
const decompressors: ReadonlyArray<{ readonly name: string; readonly decompress: Decompress } | undefined> = [
  { name: 'uncompressed', decompress: (payload) => payload },
  { name: 'gzip', decompress: (payload, maxBytes) => gunzipSync(payload, { maxOutputLength: maxBytes }) },
  { name: 'snappy', decompress: unsnappy },
  { name: 'lz4', decompress: unlz4 },
  { name: 'zstd', decompress: unzstd },
]

/**
 * Decompresses the records of one batch.
 * @throws Error with one clause for the operator, if the codec is unknown, the data is damaged or exceeds `maxBytes`
 */
export function decompress(codec: number, payload: Buffer, maxBytes: number): Buffer {
  const known = decompressors[codec]
  if (!known) throw new Error(`unknown compression codec ${codec}`)
  try {
    return compact(known.decompress(payload, maxBytes))
  } catch (cause) {
    throw new Error(`${known.name} decompression failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}

/** A library may return a small part of a large buffer. Records would keep all of it in memory. */
function compact(bytes: Uint8Array): Buffer {
  if (bytes.buffer.byteLength > 2 * bytes.byteLength) return Buffer.from(bytes)
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
