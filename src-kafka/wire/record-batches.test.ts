import { expect, test } from 'vitest'
import { recordAt } from '../records/record-at.ts'
import { type BatchesRead, readRecordBatches, type ReadBatchesOptions } from './record-batches.ts'
import { aborted, aMarker, anOldMessage, aRecordBatch, codecs, withChecksum } from './wire-builders.ts'

const read = (records: readonly Buffer[], options: Partial<ReadBatchesOptions> = {}): BatchesRead =>
  readRecordBatches(Buffer.concat(records), { from: 0, aborted: [], ...options })

/** Offset and value of every record; unreadable offsets as a range. */
function shown({ pieces }: BatchesRead): string[] {
  return pieces.flatMap((piece) => {
    if (piece.kind === 'unreadable') return [`${piece.firstOffset}-${piece.lastOffset} ${piece.reason}`]
    return Array.from({ length: piece.run.count }, (_, n) => recordAt(piece.run, n)).map(
      ({ offset, value }) => `${offset} ${value === null ? 'tombstone' : String(value)}`,
    )
  })
}

const batch = (baseOffset: number, ...values: Array<string | null>): Buffer =>
  aRecordBatch({ baseOffset, records: values.map((value) => ({ value })) })

const transaction = (baseOffset: number, producerId: bigint, ...values: string[]): Buffer =>
  aRecordBatch({ baseOffset, producerId, isTransactional: true, records: values.map((value) => ({ value })) })

test('neighboring batches are one run with their offsets', () => {
  const result = read([batch(0, 'a', null, ''), batch(3, 'b'), batch(10, 'c')])
  expect(shown(result)).toEqual(['0 a', '1 tombstone', '2 ', '3 b', '10 c'])
  expect(result.pieces).toHaveLength(1)
  expect(result.next).toBe(11)
})

test.each(Object.entries(codecs))('records compressed with %s come out as they went in', (_name, codec) => {
  const values = Array.from({ length: 40 }, (_, n) => `{"node_id":"node-${n}","metrics":{"cpu_usage":71.3}}`)
  const records = values.map((value) => ({ value }))
  const result = read([batch(0, 'before'), aRecordBatch({ baseOffset: 1, codec, records }), batch(41, 'after')])
  expect(shown(result)).toEqual(['0 before', ...values.map((value, n) => `${n + 1} ${value}`), '41 after'])
  expect(result.next).toBe(42)
})

test('records before the offset that was asked for are left out', () => {
  const batches = [batch(0, 'a', 'b', 'c'), batch(3, 'd')]
  expect(shown(read(batches, { from: 2 }))).toEqual(['2 c', '3 d'])
  expect(shown(read(batches, { from: 3 }))).toEqual(['3 d'])
})

test('timestamps count from the base, also behind it and above 2^31', () => {
  const records = [
    { after: 0 },
    { after: -5 },
    { after: 2 ** 40 },
    { after: -(2 ** 41) },
    { after: 63 },
    { after: 8_191 },
  ]
  const base = 1_764_000_000_000
  const of = (result: BatchesRead): number[] =>
    result.pieces.flatMap((piece) => (piece.kind === 'records' ? [...piece.run.timestamps] : []))
  const expected = records.map(({ after }) => base + after)
  expect(of(read([aRecordBatch({ baseTimestamp: base, records })]))).toEqual(expected)
  expect(of(read([aRecordBatch({ baseTimestamp: base, deleteHorizon: true, records })]))).toEqual(expected)
  const append = aRecordBatch({ baseTimestamp: base, maxTimestamp: base + 7, appendTime: true, records })
  expect(of(read([append]))).toEqual(records.map(() => base + 7))
  expect(of(read([aRecordBatch({ baseTimestamp: -1, records: [{}] })]))).toEqual([-1])
})

test('an incomplete last batch is ignored, and fetched with the next request', () => {
  const whole = Buffer.concat([batch(0, 'a'), batch(1, 'b')])
  const first = batch(0, 'a').length
  for (let end = first; end < whole.length; end++) {
    const result = readRecordBatches(whole.subarray(0, end), { from: 0, aborted: [] })
    expect(shown(result)).toEqual(['0 a'])
    expect(result).toMatchObject({ next: 1 })
    expect(result.needsBytes).toBeUndefined()
  }
})

test('an incomplete first batch says how many bytes it needs', () => {
  const whole = batch(5, 'a'.repeat(500))
  for (const end of [1, 16]) {
    expect(read([whole.subarray(0, end)], { from: 5 })).toEqual({ pieces: [], next: 5, needsBytes: 61 })
  }
  for (const end of [17, 61, whole.length - 1]) {
    expect(read([whole.subarray(0, end)], { from: 5 })).toEqual({ pieces: [], next: 5, needsBytes: whole.length })
  }
  expect(read([], { from: 5 })).toEqual({ pieces: [], next: 5 })
})

test('a batch above the limit is unreadable, and reading continues behind it', () => {
  const whole = batch(5, 'a'.repeat(500), 'b')
  expect(read([whole.subarray(0, 200)], { from: 5, maxBatchBytes: 400 })).toMatchObject({
    pieces: [{ kind: 'unreadable', firstOffset: 5, lastOffset: 6, count: 2, reason: expect.stringContaining('400') }],
    next: 7,
  })
})

test('markers, and batches that compaction has emptied, only move the position', () => {
  const empty = aRecordBatch({ baseOffset: 2, lastOffsetDelta: 7 })
  expect(read([aMarker('commit', 1n, 0), aMarker('abort', 1n, 1), empty])).toEqual({ pieces: [], next: 10 })
})

test('holes that compaction left keep the offsets of the other records', () => {
  const records = [
    { value: 'a', delta: 3 },
    { value: 'b', delta: 7 },
  ]
  const result = read([aRecordBatch({ baseOffset: 10, lastOffsetDelta: 9, records })])
  expect(shown(result)).toEqual(['13 a', '17 b'])
  expect(result.next).toBe(20)
})

test('records of aborted transactions are left out, up to the marker', () => {
  const log = [
    transaction(0, 1n, 'aborted'),
    transaction(1, 2n, 'committed'),
    batch(2, 'plain'),
    transaction(3, 1n, 'aborted too'),
    aMarker('abort', 1n, 4),
    aMarker('commit', 2n, 5),
    transaction(6, 1n, 'second transaction'),
    aMarker('commit', 1n, 7),
    transaction(8, 2n, 'aborted later'),
    aMarker('abort', 2n, 9),
  ]
  const result = read(log, { aborted: [aborted(2n, 8), aborted(1n, 0)] })
  expect(shown(result)).toEqual(['1 committed', '2 plain', '6 second transaction'])
  expect(result.next).toBe(10)
})

test('a producer that is aborted twice is aborted from the second first offset again', () => {
  const log = [
    transaction(0, 1n, 'a'),
    aMarker('abort', 1n, 1),
    transaction(2, 1n, 'b'),
    aMarker('commit', 1n, 3),
    transaction(4, 1n, 'c'),
    aMarker('abort', 1n, 5),
  ]
  expect(shown(read(log, { aborted: [aborted(1n, 4), aborted(1n, 0)] }))).toEqual(['2 b'])
})

const damages: ReadonlyArray<readonly [name: string, damage: (bytes: Buffer) => Buffer, reason: string]> = [
  ['a flipped bit', (bytes) => Buffer.from(bytes.fill(0x55, 63, 64)), 'checksum'],
  ['an unknown codec', (bytes) => (bytes.writeInt16BE(6, 21), withChecksum(bytes)), 'unknown compression codec 6'],
  ['a wrong codec', (bytes) => (bytes.writeInt16BE(1, 21), withChecksum(bytes)), 'gzip decompression failed'],
  ['too few records', (bytes) => (bytes.writeInt32BE(3, 57), withChecksum(bytes)), 'records'],
  ['too many records', (bytes) => (bytes.writeInt32BE(1, 57), withChecksum(bytes)), 'records'],
  ['a wild number of records', (bytes) => (bytes.writeInt32BE(0x7fff_ffff, 57), withChecksum(bytes)), 'records'],
  ['a negative number of records', (bytes) => (bytes.writeInt32BE(-1, 57), withChecksum(bytes)), 'records'],
  ['a record length outside', (bytes) => withChecksum(Buffer.from(bytes.fill(0x7e, 61, 62))), 'records'],
  ['a future format', (bytes) => (bytes.writeInt8(3, 16), bytes), 'format 3'],
]

test.each(damages)('a batch with %s is one unreadable piece, and the others are read', (_name, damage, reason) => {
  const result = read([batch(0, 'a'), damage(batch(1, 'b', 'c')), batch(3, 'd')])
  expect(shown(result)).toEqual(['0 a', expect.stringContaining(reason), '3 d'])
  expect(result.pieces[1]).toMatchObject({ kind: 'unreadable', firstOffset: 1, lastOffset: 2 })
  expect(result.next).toBe(4)
  const last = read([batch(0, 'a'), damage(batch(1, 'b', 'c'))])
  expect(last.next).toBeGreaterThan(1)
  expect(last.next).toBeLessThanOrEqual(3)
})

test('a damaged number of offsets skips no batch that follows', () => {
  const damaged = batch(1, 'b')
  damaged.writeInt32BE(0x7000_0000, 23)
  expect(shown(read([batch(0, 'a'), damaged, batch(2, 'c')]))).toEqual([
    '0 a',
    '1-1 the checksum of the batch is wrong',
    '2 c',
  ])
  expect(read([batch(0, 'a'), damaged]).next).toBe(2)
})

test('a length that is too small ends the reading behind that batch', () => {
  const damaged = batch(1, 'b')
  damaged.writeInt32BE(5, 8)
  expect(shown(read([batch(0, 'a'), damaged, batch(2, 'c')]))).toEqual([
    '0 a',
    '1-1 the length of the batch is damaged',
  ])
})

test('without the check, a wrong checksum goes unnoticed', () => {
  const damaged = batch(0, 'a')
  damaged.writeInt32BE(1, 17)
  expect(shown(read([damaged], { checkCrc: false }))).toEqual(['0 a'])
})

test.each(Object.entries(codecs).slice(1))(
  'a %s batch that decompresses beyond the limit is unreadable',
  (name, codec) => {
    const bomb = aRecordBatch({ baseOffset: 1, codec, records: [{ value: '0'.repeat(100_000) }] })
    const result = read([batch(0, 'a'), bomb, batch(2, 'b')], { maxBatchBytes: 50_000 })
    expect(shown(result)).toEqual(['0 a', expect.stringContaining(`${name} decompression failed`), '2 b'])
  },
)

test('what decompresses beyond the limit in all is left for the next fetch', () => {
  const large = (baseOffset: number): Buffer =>
    aRecordBatch({ baseOffset, codec: codecs.gzip, records: [{ value: '0'.repeat(30_000) }] })
  const result = read([large(0), large(1), large(2), large(3)], { maxBatchBytes: 50_000 })
  expect(result.next).toBe(2)
})

test('messages of old formats are one unreadable piece with a reason', () => {
  const log = [anOldMessage(3, 'a'), anOldMessage(4, 'b'), anOldMessage(9, 'wrapper', { codec: 1 }), batch(10, 'new')]
  const result = read(log, { from: 3 })
  expect(shown(result)).toEqual(['3-9 message format 1, older than Kafka 0.11, is not supported', '10 new'])
  expect(result.pieces[0]).toMatchObject({ count: 7 })
  expect(read([anOldMessage(0, 'a', { magic: 0 })]).pieces).toMatchObject([
    { reason: expect.stringContaining('format 0') },
  ])
})

test('old messages around new ones keep their order', () => {
  const result = read([anOldMessage(0, 'a'), batch(1, 'new'), anOldMessage(2, 'b')])
  expect(shown(result).map((line) => line.slice(0, 5))).toEqual(['0-0 m', '1 new', '2-2 m'])
})

test('batches that all end before the offset that was asked for ask for more, and then give up', () => {
  const bytes = batch(0, 'a')
  expect(read([bytes], { from: 7 })).toEqual({ pieces: [], next: 7, needsBytes: 2 * bytes.length })
  expect(read([bytes], { from: 7, maxBatchBytes: 100 })).toMatchObject({ pieces: [{ kind: 'unreadable' }], next: 8 })
})
