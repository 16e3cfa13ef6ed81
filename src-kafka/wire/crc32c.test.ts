import { expect, test } from 'vitest'
import { crc32c } from './crc32c.ts'

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
  for (const [bytes, crc] of known) expect(crc32c(bytes, 0, bytes.length) >>> 0).toBe(crc)
})

test('the checksum of any length and place equals that of the plain algorithm', () => {
  const bytes = Buffer.from(Array.from({ length: 20_000 }, (_, n) => (n * n * 31 + n) & 0xff))
  for (const length of [...Array(300).keys(), 1023, 1024, 1025, 4095, 4096, 4097, 8191, 8193, 16_384, 19_990]) {
    const at = length % 9
    expect(crc32c(bytes, at, at + length)).toBe(plain(bytes.subarray(at, at + length)))
  }
})
