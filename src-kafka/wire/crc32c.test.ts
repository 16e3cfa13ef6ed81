import { expect, test } from 'vitest'
import { Checksums } from './checksums.ts'
import { crc32c } from './crc32c.ts'
import { makeCrc32cModule } from './crc32c-module.ts'

/** Bit by bit: slow, and obviously right. */
function plain(bytes: Uint8Array): number {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc
}

test('the checksum of known bytes is that of RFC 3720', () => {
  const known: ReadonlyArray<readonly [Buffer, number]> = [
    [Buffer.from('123456789'), 0xe3069283],
    [Buffer.alloc(32), 0x8a9136aa],
    [Buffer.alloc(32, 0xff), 0x62a8ab43],
    [Buffer.from(Array.from({ length: 32 }, (_, n) => n)), 0x46dd794e],
    [Buffer.alloc(0), 0],
  ]
  for (const [bytes, crc] of known) {
    expect(crc32c(bytes, 0, bytes.length) >>> 0).toBe(crc)
    expect(new Checksums(bytes).of(0, bytes.length) >>> 0).toBe(crc)
  }
})

const bytes = Buffer.from(Array.from({ length: 400_000 }, (_, n) => (n * n * 31 + (n >> 5)) & 0xff))

test('the checksum of any length and place equals that of the plain algorithm', () => {
  const checksums = new Checksums(bytes)
  for (const length of [...Array(300).keys(), 2047, 2048, 2049, 4095, 4096, 4097, 8191, 8193, 16_384, 19_990]) {
    const at = length % 17
    const expected = plain(bytes.subarray(at, at + length))
    expect(crc32c(bytes, at, at + length)).toBe(expected)
    expect(checksums.of(at, at + length)).toBe(expected)
  }
})

test('parts beyond the memory of the module, and of two buffers in turns, have their checksums', () => {
  const other = Buffer.from(bytes).reverse()
  const [one, two] = [new Checksums(bytes), new Checksums(other)]
  const parts = [0, 1, 200, 32_000, 32_760, 33_000, 163_839, 163_840, 163_841, 400_000]
  for (const [n, from] of parts.entries()) {
    for (const to of parts.slice(n)) {
      expect(one.of(from, to)).toBe(crc32c(bytes, from, to))
      expect(two.of(from, to)).toBe(crc32c(other, from, to))
    }
  }
})

test('the module runs in this version of Node', () => {
  expect(makeCrc32cModule()).toBeDefined()
})
