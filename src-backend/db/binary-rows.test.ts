import { expect, test } from 'vitest'
import { BinaryRows } from './binary-rows.ts'

const signature = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)])
const end = Buffer.from([0xff, 0xff])

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function timeField(at: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(at - Date.UTC(2000, 0, 1)) * 1000n)
  return field(bytes)
}

function doublesField(values: readonly number[]): Buffer {
  const header = Buffer.alloc(20)
  header.writeInt32BE(1) // dimensions
  const items = values.map((value) => {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleBE(value)
    return field(bytes)
  })
  return field(Buffer.concat([header, ...items]))
}

const row = (at: number, text: string, values: readonly number[]) =>
  Buffer.concat([Buffer.from([0, 3]), timeField(at), field(Buffer.from(text)), doublesField(values)])

const times = ['2026-11-24T10:15:30.123Z', '1969-12-31T23:59:59.999Z', '1999-01-01T00:00:00Z'].map(Date.parse)
const stream = Buffer.concat([
  signature,
  row(times[0] ?? 0, 'Zürich', [1.5, -0, 1e300]),
  row(times[1] ?? 0, '', []),
  row(times[2] ?? 0, 'x', [0.1]),
  end,
])

test.each([1, 2, 3, 7, 19, 64, stream.length])('rows are the same in chunks of %i bytes', (size) => {
  const rows = new BinaryRows()
  const read: unknown[] = []
  for (let place = 0; place < stream.length; place += size) {
    rows.push(stream.subarray(place, place + size), (one) => read.push([one.time(0), one.text(1), one.doubles(2)]))
  }
  expect(read).toEqual([
    [times[0], 'Zürich', [1.5, -0, 1e300]],
    [times[1], '', []],
    [times[2], 'x', [0.1]],
  ])
})

test('an array of several dimensions is one list, and null is an empty one', () => {
  const header = [2, 0, 23, 2, 1, 2, 1]
  const items = [7, -1, 0, 2_147_483_647].flatMap((value) => [4, value])
  const array = Buffer.alloc((header.length + items.length) * 4)
  for (const [i, value] of [...header, ...items].entries()) array.writeInt32BE(value, i * 4)
  const none = Buffer.from([0xff, 0xff, 0xff, 0xff])
  const read: unknown[] = []
  const rows = Buffer.concat([signature, Buffer.from([0, 2]), field(array), none, end])
  new BinaryRows().push(rows, (one) => read.push(one.integers(0), one.integers(1), one.doubles(1)))
  expect(read).toEqual([[7, -1, 0, 2_147_483_647], [], []])
})
