import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { sampleAt } from '#shared/metric/sample-columns.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import type { ReadPosition } from '#shared/metric/read-position.ts'
import type { RawBatch } from '../stream.ts'
import { fingerprintOf, decodeBatch } from './decode-batch.ts'
import { aBatch, aMessage, only, type BatchParts } from '../../src-main/data/test-engine.ts'

const at = 1_764_000_000_000
const good = aMessage({ node: 'node-1', at, metrics: { cpu_usage: 71.0 } })

const batchOf = (values: ReadonlyArray<Uint8Array | null>, timestamp = at, parts: BatchParts = {}): RawBatch =>
  only(aBatch(values, timestamp, parts))
const decoded = (batch: RawBatch, stored?: ReadPosition) => decodeBatch(batch, stored, new SampleScanner())
const offsetsOf = (read: ReturnType<typeof decoded>) => read && Array.from(read.columns.offset)
const storedAt = (next: number, last: ReadPosition['last'] = null): ReadPosition => ({
  topic: 'metrics-node-1',
  partition: 0,
  next,
  last,
})

test('invalid records between valid ones are rejected one by one, with position and first kilobyte', () => {
  const long = Buffer.from(`${'x'.repeat(5000)}`)
  const future = aMessage({ node: 'node-1', at: at + 301_000, metrics: { cpu_usage: 1 } })
  const read = decoded(batchOf([good, null, Buffer.alloc(0), long, future, good], at, { from: 7 }))
  expect(offsetsOf(read)).toEqual([7, 12])
  expect(
    read?.rejects.map(({ position, at: when, reject, head }) => [position.offset, when, reject.code, head.length]),
  ).toEqual([
    [8, at, 'tombstone', 0],
    [9, at, 'empty', 0],
    [10, at, 'not-json', 1024],
    [11, at, 'future-timestamp', 1024 < future.length ? 1024 : future.length],
  ])
  expect(read?.next).toEqual({
    topic: 'metrics-node-1',
    partition: 0,
    next: 13,
    last: fingerprintOf({ timestamp: at, value: good }),
  })
})

test('a record with a metric that is no number is a sample and a rejection', () => {
  const odd = Buffer.from(good.toString().replace('71', '71, "fan": "n/a", "gpu": null'))
  const read = decoded(batchOf([good, odd, odd, good]))
  expect(offsetsOf(read)).toEqual([0, 1, 2, 3])
  expect(read && sampleAt(read.columns, 1)).toMatchObject({ names: ['cpu_usage'], values: [71] })
  expect(read?.rejects.map(({ position, reject }) => [position.offset, reject])).toEqual(
    [1, 2].map((offset) => [offset, { code: 'bad-metric', reason: 'metrics.fan: expected a number, got "n/a"' }]),
  )
})

test('a record whose decoding fails unexpectedly is rejected, and the others are read', () => {
  const scanner = new SampleScanner()
  const scan = scanner.scanKnown.bind(scanner)
  // `scan` uses it too
  scanner.scanKnown = (values, i) => {
    const isKnown = scan(values, i)
    if (values.offsets[i] === 1) throw new Error('a bug')
    return isKnown
  }
  const read = decodeBatch(batchOf([good, good, good]), undefined, scanner)
  expect(offsetsOf(read)).toEqual([0, 2])
  expect(read?.rejects).toMatchObject([{ reject: { code: 'not-stored', reason: 'value: cannot be read: a bug' } }])
})

test('the time of each record comes with its sample', () => {
  expect(decoded(batchOf([good, good], at + 7))?.columns.recordedAt).toEqual(Float64Array.of(at + 7, at + 7))
})

test('records before the stored position are skipped, and a batch without new records is undefined', () => {
  expect(offsetsOf(decoded(batchOf([good, good, good]), storedAt(2)))).toEqual([2])
  expect(decoded(batchOf([good, good]), storedAt(2))).toBeUndefined()
  expect(decoded(batchOf([]), storedAt(2))).toBeUndefined()
})

test('the records of all runs are read in order, from the stored position on', () => {
  const [a, b, c] = [0, 2, 4].map((from) => batchOf([good, Buffer.from('{}')], at, { from }).runs).flat()
  const runs = [a, b, c].flatMap((run) => run ?? [])
  const read = decoded({ ...batchOf([]), runs, next: 6 }, storedAt(1))
  expect(offsetsOf(read)).toEqual([2, 4])
  expect(read?.rejects.map(({ position }) => position.offset)).toEqual([1, 3, 5])
  expect(read?.columns && sampleAt(read.columns, 1)).toMatchObject({ nodeId: 'node-1', values: [71] })
})

test('a batch without records moves the position and keeps the last fingerprint', () => {
  const last = fingerprintOf({ timestamp: at, value: good })
  const read = decoded({ ...batchOf([]), next: 9 }, storedAt(7, last))
  expect(read?.next).toEqual(storedAt(9, { ...last, offset: 6 }))
  expect(read?.columns.count).toBe(0)
  expect(read?.rejects).toEqual([])
  expect(decoded({ ...batchOf([good, good], at, { from: 5 }), next: 9 }, storedAt(7, last))?.next).toEqual(
    storedAt(9, { ...last, offset: 6 }),
  )
  expect(decoded({ ...batchOf([]), next: 3 })?.next).toEqual(storedAt(3))
})

test('the fingerprint names its offset if markers follow the record', () => {
  const read = decoded({ ...batchOf([good], at, { from: 5 }), next: 9 })
  expect(read?.next).toEqual(storedAt(9, { ...fingerprintOf({ timestamp: at, value: good }), offset: 5 }))
})

test('a fingerprint distinguishes records by time and content, including tombstones', () => {
  const prints = [
    { timestamp: at, value: good },
    { timestamp: at + 1, value: good },
    { timestamp: at, value: null },
    { timestamp: at, value: Buffer.from('{}') },
  ].map((record) => JSON.stringify(fingerprintOf(record)))
  expect(new Set(prints).size).toBe(4)
})

test('a fingerprint is the timestamp and the start of a SHA-256, as earlier versions stored it', () => {
  const hash = createHash('sha256').update(good).digest('base64url').slice(0, 22)
  expect(decoded(batchOf([good]))?.next.last).toEqual({ timestamp: at, hash })
  expect(decoded(batchOf([good], 2 ** 60))?.next.last?.timestamp).toBe(Number.MAX_SAFE_INTEGER)
})

test('a record without a broker timestamp is not checked for the future', () => {
  const read = decoded(batchOf([good], -1))
  expect(read?.columns.count).toBe(1)
  expect(read && sampleAt(read.columns, 0)).toMatchObject({ nodeId: 'node-1', at })
})

test('the bytes kept of a rejected record do not keep the memory of the whole fetch', () => {
  const [reject] = decoded(batchOf([Buffer.from('{}')]))?.rejects ?? []
  expect(reject?.head.buffer.byteLength).toBe(2)
})
