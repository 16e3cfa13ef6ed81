/** Rows of `sample` for COPY ... WITH (FORMAT binary): no number is printed and parsed, so no bit is lost. */

export interface SampleRow {
  readonly node: number
  readonly layout: number
  /** Epoch ms. */
  readonly at: number
  readonly values: readonly number[]
}

const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const float8 = 701
/** PostgreSQL counts microseconds from here. */
const epochMs = Date.UTC(2000, 0, 1)
const twoTo32 = 2 ** 32

/** Field count, three fixed columns with their lengths, and the array header. */
const fixedBytes = 2 + (4 + 4) + (4 + 4) + (4 + 8) + 4 + 20

export function encodeSamples(rows: readonly SampleRow[]): Buffer {
  const bytes = Buffer.allocUnsafe(signature.length + 2 + rows.reduce((sum, row) => sum + rowBytes(row), 0))
  let at = signature.copy(bytes)
  for (const row of rows) at = writeRow(bytes, at, row)
  bytes.writeInt16BE(-1, at)
  return bytes
}

function rowBytes({ values }: SampleRow): number {
  return fixedBytes + values.length * 12
}

function writeRow(bytes: Buffer, start: number, { node, layout, at, values }: SampleRow): number {
  let i = bytes.writeInt16BE(4, start)
  i = bytes.writeInt32BE(4, i)
  i = bytes.writeInt32BE(node, i)
  i = bytes.writeInt32BE(4, i)
  i = bytes.writeInt32BE(layout, i)
  i = bytes.writeInt32BE(8, i)
  i = writeTimestamp(bytes, i, at)
  i = bytes.writeInt32BE(20 + values.length * 12, i)
  i = bytes.writeInt32BE(1, i) // dimensions
  i = bytes.writeInt32BE(0, i) // no nulls
  i = bytes.writeInt32BE(float8, i)
  i = bytes.writeInt32BE(values.length, i)
  i = bytes.writeInt32BE(1, i) // first index
  for (const value of values) {
    i = bytes.writeInt32BE(8, i)
    i = bytes.writeDoubleBE(value, i)
  }
  return i
}

function writeTimestamp(bytes: Buffer, start: number, at: number): number {
  const micros = (at - epochMs) * 1000
  const high = Math.floor(micros / twoTo32)
  return bytes.writeUInt32BE(micros - high * twoTo32, bytes.writeInt32BE(high, start))
}
