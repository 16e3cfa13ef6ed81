/** Rows of `sample` for COPY ... WITH (FORMAT binary): no number is printed and parsed, so no bit is lost. */

/** Rows as columns: entry i of every column belongs to row i. */
export interface SampleRows {
  readonly count: number
  /** Ids in the database. */
  readonly node: Int32Array
  readonly layout: Int32Array
  /** Epoch ms. */
  readonly at: Float64Array
  /** Row i has `width[i]` values from index `first[i]` of `values` on. */
  readonly first: Uint32Array
  readonly width: Uint32Array
  readonly values: Float64Array
}

const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const float8 = 701
/** PostgreSQL counts microseconds from here. */
const epochMs = Date.UTC(2000, 0, 1)
const twoTo32 = 2 ** 32

/** Number of fields, three fixed columns with their lengths, and the array header. */
const fixedBytes = 2 + (4 + 4) + (4 + 4) + (4 + 8) + 4 + 20

export function encodeSamples(parts: readonly SampleRows[]): Buffer {
  const length = parts.reduce((sum, part) => sum + bytesOf(part), signature.length + 2)
  const bytes = Buffer.allocUnsafe(length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = signature.copy(bytes)
  for (const part of parts) {
    for (let i = 0; i < part.count; i++) at = writeRow(view, at, { part, i })
  }
  view.setInt16(at, -1)
  return bytes
}

function bytesOf({ count, width }: SampleRows): number {
  let bytes = count * fixedBytes
  for (let i = 0; i < count; i++) bytes += (width[i] as number) * 12
  return bytes
}

function writeRow(view: DataView, start: number, { part, i }: { part: SampleRows; i: number }): number {
  const width = part.width[i] as number
  view.setInt16(start, 4) // fields
  view.setInt32(start + 2, 4)
  view.setInt32(start + 6, part.node[i] as number)
  view.setInt32(start + 10, 4)
  view.setInt32(start + 14, part.layout[i] as number)
  view.setInt32(start + 18, 8)
  const micros = ((part.at[i] as number) - epochMs) * 1000
  const high = Math.floor(micros / twoTo32)
  view.setInt32(start + 22, high)
  view.setUint32(start + 26, micros - high * twoTo32)
  view.setInt32(start + 30, 20 + width * 12)
  view.setInt32(start + 34, 1) // dimensions
  view.setInt32(start + 38, 0) // no nulls
  view.setInt32(start + 42, float8)
  view.setInt32(start + 46, width)
  view.setInt32(start + 50, 1) // first index
  let at = start + fixedBytes
  const first = part.first[i] as number
  for (let n = 0; n < width; n++, at += 12) {
    view.setInt32(at, 8)
    view.setFloat64(at + 4, part.values[first + n] as number)
  }
  return at
}
