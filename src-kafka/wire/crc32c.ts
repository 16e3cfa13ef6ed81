/** Reversed Castagnoli polynomial. zlib's `crc32` is the one of IEEE, another polynomial. */
const polynomial = 0x82f63b78

/** Entry 256 k + b is the CRC of byte b with k zero bytes behind it, for k below `slices`. */
export function crc32cTable(slices: number): Int32Array {
  const table = new Int32Array(slices * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    table[byte] = crc
  }
  for (let n = 256; n < table.length; n++) {
    const crc = table[n - 256] as number
    table[n] = (crc >>> 8) ^ (table[crc & 0xff] as number)
  }
  return table
}

const table = crc32cTable(8)

/** CRC-32C of `bytes` from `at` up to `end`, as a signed 32-bit number. Takes 8 bytes a step. */
export function crc32c(bytes: Uint8Array, at: number, end: number): number {
  let crc = -1
  let n = at
  for (; n + 8 <= end; n += 8) {
    const low =
      crc ^ byte(bytes, n) ^ (byte(bytes, n + 1) << 8) ^ (byte(bytes, n + 2) << 16) ^ (byte(bytes, n + 3) << 24)
    crc =
      entry(0x700 + (low & 0xff)) ^
      entry(0x600 + ((low >>> 8) & 0xff)) ^
      entry(0x500 + ((low >>> 16) & 0xff)) ^
      entry(0x400 + (low >>> 24)) ^
      entry(0x300 + byte(bytes, n + 4)) ^
      entry(0x200 + byte(bytes, n + 5)) ^
      entry(0x100 + byte(bytes, n + 6)) ^
      entry(byte(bytes, n + 7))
  }
  for (; n < end; n++) crc = (crc >>> 8) ^ entry((crc ^ byte(bytes, n)) & 0xff)
  return ~crc
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number
}

function entry(index: number): number {
  return table[index] as number
}
