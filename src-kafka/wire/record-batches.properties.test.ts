import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordAt } from '../records/record-at.ts'
import { type BatchesRead, readRecordBatches } from './record-batches.ts'
import { aborted, aMarker, anOldMessage, aRecordBatch, codecs, withChecksum } from './wire-builders.ts'

const maxBatchBytes = 64 * 1024
const columnBytes = 8 + 8 + 4 + 4 + 4

/** What holds of any bytes: order, progress, bounded memory, and records inside of their run. */
function expectSound(result: BatchesRead, from: number, length: number): void {
  const { pieces, next, needsBytes } = result
  let before = from - 1
  let columns = 0
  let decompressed = 0
  for (const piece of pieces) {
    if (piece.kind === 'unreadable') {
      expect(piece.firstOffset).toBeGreaterThan(before)
      expect(piece.lastOffset).toBeGreaterThanOrEqual(piece.firstOffset)
      expect(piece.count).toBeGreaterThan(0)
      before = piece.lastOffset
      continue
    }
    const { run } = piece
    expect(run.count).toBeGreaterThan(0)
    columns += run.offsets.buffer.byteLength
    decompressed += run.bytes.length
    for (let n = 0; n < run.count; n++) {
      const { offset, timestamp, value } = recordAt(run, n)
      if (offset <= before || Number.isNaN(timestamp)) throw new Error(`offset ${offset} after ${before}`)
      if (value && value.length !== (run.valueEnds[n] ?? 0) - (run.valueStarts[n] ?? 0)) throw new Error('outside')
      before = offset
    }
  }
  expect(next).toBeGreaterThan(before)
  if (length === 0) expect(result).toEqual({ pieces: [], next: from })
  else if (needsBytes === undefined) expect(next).toBeGreaterThan(from)
  else {
    expect(next).toBe(from)
    expect(needsBytes).toBeGreaterThan(length)
    expect(needsBytes).toBeLessThanOrEqual(maxBatchBytes)
  }
  const runs = pieces.filter(({ kind }) => kind === 'records').length
  expect(columns).toBeLessThanOrEqual(runs * columnBytes * ((length + 2 * maxBatchBytes) / 7))
  expect(decompressed).toBeLessThanOrEqual(runs * length + 2 * maxBatchBytes)
}

const values = ['{"node_id":"node-1","metrics":{"cpu_usage":71.3}}', '', null, 'x'.repeat(300)]
const records = values.map((value, after) => ({ value, after, key: 'k', headers: [['h', 'v']] as const }))

/** One of each kind. Every element begins where the one before ends. */
const log: readonly Buffer[] = [
  aRecordBatch({ baseOffset: 0, records }),
  aRecordBatch({ baseOffset: 4, records, codec: codecs.gzip }),
  aRecordBatch({ baseOffset: 8, records, codec: codecs.snappy }),
  aRecordBatch({ baseOffset: 12, records, codec: codecs.lz4 }),
  aRecordBatch({ baseOffset: 16, records, codec: codecs.zstd }),
  aRecordBatch({ baseOffset: 20, records, producerId: 7n, isTransactional: true }),
  aMarker('abort', 7n, 24),
  aRecordBatch({ baseOffset: 25, records, lastOffsetDelta: 9 }),
  anOldMessage(35, 'old'),
  aRecordBatch({ baseOffset: 36, records: records.slice(0, 1) }),
]

const changes = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { maxLength: 5 })
const from = fc.oneof(fc.constant(0), fc.nat(45))

test('any bytes are read without an error, in order and with progress', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), from, fc.boolean(), (array, asked, checkCrc) => {
      const options = { from: asked, aborted: [], checkCrc, maxBatchBytes }
      expectSound(readRecordBatches(Buffer.from(array), options), asked, array.length)
    }),
    { numRuns: 3_000 },
  )
})

test('a log with any bytes changed, moved or cut is read without an error, in order and with progress', () => {
  const picks = fc.array(fc.nat(log.length - 1), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(picks, changes, fc.double({ min: 0, max: 1, noNaN: true }), from, fc.boolean(), (...given) => {
      const [picked, changed, cut, asked, checkCrc] = given
      const whole = Buffer.concat(picked.map((n) => log[n] ?? Buffer.alloc(0)))
      for (const { at, byte } of changed) whole[at % whole.length] = byte
      const bytes = whole.subarray(0, Math.ceil(whole.length * (0.5 + cut)))
      const options = { from: asked, aborted: [aborted(7n, 20)], checkCrc, maxBatchBytes }
      expectSound(readRecordBatches(bytes, options), asked, bytes.length)
    }),
    { numRuns: 10_000 },
  )
})

test('a batch with any bytes changed under a right checksum is read without an error', () => {
  fc.assert(
    fc.property(fc.nat(log.length - 1), changes, (picked, changed) => {
      const bytes = Buffer.from(log[picked] ?? [])
      for (const { at, byte } of changed) bytes[21 + (at % (bytes.length - 21))] = byte
      const read = readRecordBatches(withChecksum(bytes), { from: 0, aborted: [], maxBatchBytes })
      expectSound(read, 0, bytes.length)
    }),
    { numRuns: 5_000 },
  )
})

test('one damaged batch hides no other, and no reader sees its records', () => {
  const good = log.filter((_, n) => n < 5)
  const offsets = (batches: readonly Buffer[]): number[] =>
    readRecordBatches(Buffer.concat(batches), { from: 0, aborted: [] }).pieces.flatMap((piece) =>
      piece.kind === 'records' ? [...piece.run.offsets] : [],
    )
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(), fc.integer({ min: 1, max: 255 }), (picked, at, change) => {
      const damaged = Buffer.from(good[picked] ?? [])
      const place = 21 + (at % (damaged.length - 21))
      damaged[place] = (damaged[place] ?? 0) ^ change
      const expected = offsets(good).filter((offset) => Math.floor(offset / 4) !== picked)
      expect(offsets(good.with(picked, damaged))).toEqual(expected)
    }),
    { numRuns: 1_000 },
  )
})

test('any reading in parts yields the records of the reading in one', () => {
  const whole = Buffer.concat(log)
  const offsetsOf = ({ pieces }: BatchesRead): number[] =>
    pieces.flatMap((piece) => (piece.kind === 'records' ? [...piece.run.offsets] : []))
  const options = { aborted: [aborted(7n, 20)] }
  const expected = offsetsOf(readRecordBatches(whole, { from: 0, ...options }))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), (limit) => {
      const read: number[] = []
      for (let next = 0, bytes = limit; next < 37;) {
        const at = startOf(next)
        const result = readRecordBatches(whole.subarray(at, at + bytes), { from: next, ...options })
        read.push(...offsetsOf(result))
        bytes = result.needsBytes ?? limit
        next = result.next
      }
      expect(read).toEqual(expected)
    }),
    { numRuns: 300 },
  )
})

/** Where the batch with this offset begins, as a broker's index finds it. */
function startOf(offset: number): number {
  const ends = [4, 8, 12, 16, 20, 24, 25, 35, 36, 37]
  const passed = ends.filter((end) => end <= offset).length
  return log.slice(0, passed).reduce((sum, { length }) => sum + length, 0)
}
