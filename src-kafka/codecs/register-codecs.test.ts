import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lz4, snappy } from './javascript-codecs.ts'
import { batchHeaderBefore, hasWholeRecords } from '../records/record-batch.ts'
import { decompressOrPlaceholder } from './register-codecs.ts'
import { placeholderRecords, unreadableReason } from '../records/unreadable-batch.ts'
import { unzstdInJavaScript } from './zstd.ts'

const count = 40
/** Well-formed records. Their content does not matter here. */
const records = placeholderRecords({ baseOffset: 0, lastOffsetDelta: count - 1, count, codec: 0 }, '')

/** Java's snappy stream: a header, then blocks with their length in front. */
function xerial(bytes: Buffer): Buffer {
  const blocks = [bytes.subarray(0, 100), bytes.subarray(100)].flatMap((part) => {
    const block = Buffer.from(snappy.compress(part))
    const length = Buffer.alloc(4)
    length.writeInt32BE(block.length)
    return [length, block]
  })
  return Buffer.concat([Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0, 0, 0, 0, 1, 0, 0, 0, 1]), ...blocks])
}

const codecs: ReadonlyArray<readonly [name: string, codec: number, compressed: Buffer]> = [
  ['uncompressed', 0, records],
  ['gzip', 1, gzipSync(records)],
  ['bare snappy', 2, Buffer.from(snappy.compress(records))],
  ['framed snappy', 2, xerial(records)],
  ['lz4', 3, Buffer.from(lz4.compress(records))],
  ['zstd', 4, zstdCompressSync(records)],
]

/** The payload of a batch as kafkajs passes it: a view into the response, with the batch header in front. */
function payloadOf(compressed: Buffer, codec: number): Buffer {
  const batch = Buffer.alloc(100 + 61 + compressed.length)
  const header = batch.subarray(100)
  header.writeBigInt64BE(7_000n, 0)
  header.writeInt32BE(compressed.length + 49, 8)
  header.writeInt8(2, 16)
  header.writeInt16BE(codec, 21)
  header.writeInt32BE(count - 1, 23)
  header.writeInt32BE(count, 57)
  compressed.copy(header, 61)
  return header.subarray(61)
}

test('the header of a batch is read in front of its payload', () => {
  const payload = payloadOf(records, 3)
  expect(batchHeaderBefore(payload)).toEqual({ baseOffset: 7_000, lastOffsetDelta: 39, count: 40, codec: 3 })
  expect(batchHeaderBefore(Uint8Array.from(payload))).toBeUndefined()
})

test.each(codecs)('%s comes out as it went in', async (_name, codec, compressed) => {
  const bytes = await decompressOrPlaceholder(payloadOf(compressed, codec), codec)
  expect(bytes.equals(records)).toBe(true)
  expect(unreadableReason(bytes)).toBeUndefined()
})

test.each(codecs.slice(1))('%s beyond the limit becomes placeholders', async (_name, codec, compressed) => {
  const bytes = await decompressOrPlaceholder(payloadOf(compressed, codec), codec, records.length - 1)
  expect(unreadableReason(bytes)).toBeDefined()
  expect(hasWholeRecords(bytes, count)).toBe(true)
})

test.each(codecs)('damaged %s never throws and always yields whole records', async (_name, codec, compressed) => {
  const damage = fc.array(fc.record({ at: fc.nat(compressed.length - 1), byte: fc.nat(255) }), {
    minLength: 1,
    maxLength: 4,
  })
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const damaged = Buffer.from(compressed)
      for (const { at, byte } of changes) damaged[at] = byte
      expect(hasWholeRecords(await decompressOrPlaceholder(payloadOf(damaged, codec), codec), count)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('an unknown codec becomes placeholders with the reason', async () => {
  const bytes = await decompressOrPlaceholder(payloadOf(records, 6), 6)
  expect(unreadableReason(bytes)).toBe('unknown compression codec 6')
})

test('records with a wrong length are not whole', () => {
  expect(hasWholeRecords(records, count)).toBe(true)
  expect(hasWholeRecords(records, count + 1)).toBe(false)
  for (let end = 0; end < records.length; end += 7) expect(hasWholeRecords(records.subarray(0, end), count)).toBe(false)
  expect(hasWholeRecords(Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), 1)).toBe(false)
  expect(hasWholeRecords(Uint8Array.from([0x03, 0x00]), 1)).toBe(false)
})

test('zstd in JavaScript yields the same and has the same limit', () => {
  const compressed = zstdCompressSync(records)
  expect(Buffer.from(unzstdInJavaScript(compressed, records.length)).equals(records)).toBe(true)
  expect(() => unzstdInJavaScript(compressed, records.length - 1)).toThrow('exceeds the size limit')
})
