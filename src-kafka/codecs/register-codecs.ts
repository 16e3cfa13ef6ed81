import { promisify } from 'node:util'
import { unzip } from 'node:zlib'
import kafkajs from 'kafkajs'
import { unlz4 } from './lz4.ts'
import { batchHeaderBefore, hasWholeRecords } from '../records/record-batch.ts'
import { unsnappy } from './snappy.ts'
import { placeholderRecords } from '../records/unreadable-batch.ts'
import { unzstd } from './zstd.ts'

type Decompress = (payload: Buffer, maxBytes: number) => Uint8Array | Promise<Uint8Array>

/** What kafkajs expects of a codec; the console only reads. */
interface KafkaCodec {
  decompress(payload: Buffer): Promise<Buffer>
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>
}

/** One batch may grow to this; Java's producer makes batches of at most 1 MiB, as it counts. */
const maxBatchBytes = 16 * 1024 * 1024

const unpack = promisify(unzip)

const decompressors: Readonly<Record<number, { readonly name: string; readonly decompress: Decompress }>> = {
  0: { name: 'uncompressed', decompress: (payload) => payload },
  1: { name: 'gzip', decompress: (payload, maxBytes) => unpack(payload, { maxOutputLength: maxBytes }) },
  2: { name: 'snappy', decompress: unsnappy },
  3: { name: 'lz4', decompress: unlz4 },
  4: { name: 'zstd', decompress: unzstd },
}

/** The codec bits of a batch hold 0 to 7; none of 5, 6 and 7 has been given a meaning yet. */
const codecNumbers = [0, 1, 2, 3, 4, 5, 6, 7]

/**
 * Teaches kafkajs all codecs of Kafka, once for the process, each behind a guard: what cannot be read becomes stand-ins
 * (`unreadableReason`) instead of an error that would end the consumer. Number 0, uncompressed, is guarded as well.
 * A producer of this process can still write uncompressed and gzip.
 */
export function registerCodecs(): void {
  const codecs: Record<number, () => KafkaCodec> = kafkajs.CompressionCodecs
  if (codecs[0]) return
  const gzip = codecs[1]?.()
  for (const number of codecNumbers) {
    const codec: KafkaCodec = {
      decompress: (payload) => decompressOrPlaceholder(payload, number),
      compress: (encoder) => {
        if (number === 1 && gzip) return gzip.compress(encoder)
        throw new Error(`this process cannot compress with codec ${number}`)
      },
    }
    codecs[number] = () => codec
  }
}

/**
 * The records of a batch, decompressed and safe to walk, or stand-ins for them.
 * @throws only when there is no batch header to make stand-ins from
 */
export async function decompressOrPlaceholder(
  payload: Buffer,
  codec: number,
  maxBytes = maxBatchBytes,
): Promise<Buffer> {
  const header = batchHeaderBefore(payload)
  try {
    const known = decompressors[codec]
    if (!known) throw new Error(`unknown compression codec ${codec}`)
    const bytes = await decompressed(known.name, () => known.decompress(payload, maxBytes))
    if (header && !hasWholeRecords(bytes, header.count)) throw new Error('the records are damaged')
    return asBuffer(bytes)
  } catch (cause) {
    if (!header) throw cause
    return placeholderRecords(header, cause instanceof Error ? cause.message : String(cause))
  }
}

async function decompressed(name: string, run: () => Uint8Array | Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await run()
  } catch (cause) {
    throw new Error(`${name} decompression failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
