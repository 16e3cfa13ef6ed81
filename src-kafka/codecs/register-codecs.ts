import { promisify } from 'node:util'
import { unzip } from 'node:zlib'
import kafkajs from 'kafkajs'
import { unlz4 } from './lz4.ts'
import { batchHeaderBefore, hasWholeRecords } from '../records/record-batch.ts'
import { unsnappy } from './snappy.ts'
import { placeholderRecords } from '../records/unreadable-batch.ts'
import { unzstd } from './zstd.ts'

type Decompress = (payload: Buffer, maxBytes: number) => Uint8Array | Promise<Uint8Array>

/** The interface of a kafkajs codec. */
interface KafkaCodec {
  decompress(payload: Buffer): Promise<Buffer>
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>
}

/** Limit of one decompressed batch. Java's producer creates batches of at most 1 MiB. */
const maxBatchBytes = 16 * 1024 * 1024

const unpack = promisify(unzip)

const decompressors: Readonly<Record<number, { readonly name: string; readonly decompress: Decompress }>> = {
  0: { name: 'uncompressed', decompress: (payload) => payload },
  1: { name: 'gzip', decompress: (payload, maxBytes) => unpack(payload, { maxOutputLength: maxBytes }) },
  2: { name: 'snappy', decompress: unsnappy },
  3: { name: 'lz4', decompress: unlz4 },
  4: { name: 'zstd', decompress: unzstd },
}

/** The codec bits of a batch hold 0 to 7. Kafka has not assigned 5, 6 and 7. */
const codecNumbers = [0, 1, 2, 3, 4, 5, 6, 7]

/**
 * Registers all of Kafka's codecs with kafkajs, once per process. Each codec is guarded, also number 0 (uncompressed):
 * an unreadable batch becomes placeholders (`unreadableReason`). An error would stop the consumer. Producers of this
 * process can write uncompressed and gzip.
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
 * The decompressed records of a batch, safe to parse, or placeholders for them.
 * @throws only if there is no batch header to create placeholders from
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
