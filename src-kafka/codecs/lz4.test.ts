import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lz4 } from './javascript-codecs.ts'
import { unlz4 } from './lz4.ts'

const limit = 16 * 1024 * 1024

test('any bytes come out as they went in', () => {
  const repeating = fc
    .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 60 })), { maxLength: 12 })
    .map((parts) => Buffer.concat(parts.flatMap(([bytes, times]) => Array<Uint8Array>(times).fill(bytes))))
  fc.assert(
    fc.property(repeating, (bytes) => {
      expect(Buffer.from(unlz4(Buffer.from(lz4.compress(bytes)), limit)).equals(bytes)).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('lengths that no block can hold are refused before memory is allocated', () => {
  const block = Buffer.alloc(1_000_000, 0xff)
  const head = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0, 0, 0, 0, 0])
  head.writeUInt32LE(block.length, 7)
  expect(() => unlz4(Buffer.concat([head, block, Buffer.alloc(4)]), limit)).toThrow('damaged')
})

test('a small frame takes little memory, whatever block size it declares', () => {
  const bytes = unlz4(Buffer.from(lz4.compress(Buffer.from('{"node_id":"node-1"}'))), limit)
  expect(bytes.buffer.byteLength).toBeLessThan(100)
})
