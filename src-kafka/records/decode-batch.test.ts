import { expect, test } from 'vitest'
import { fingerprintOf, decodeBatch } from './decode-batch.ts'
import { aBatch, aMessage } from '../../src-main/data/test-engine.ts'

const at = 1_764_000_000_000
const good = aMessage({ node: 'node-1', at, metrics: { cpu_usage: 71.0 } })

test('invalid records between valid ones are rejected one by one, with position and first kilobyte', () => {
  const long = Buffer.from(`${'x'.repeat(5000)}`)
  const future = aMessage({ node: 'node-1', at: at + 301_000, metrics: { cpu_usage: 1 } })
  const read = decodeBatch(aBatch([good, null, Buffer.alloc(0), long, future, good], at, { from: 7 }), undefined)
  expect(read?.positions.map(({ offset }) => offset)).toEqual([7, 12])
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
    last: fingerprintOf({ offset: 12, timestamp: at, value: good }),
  })
})

test('records before the stored position are skipped, and a batch without new records is undefined', () => {
  const stored = { topic: 'metrics-node-1', partition: 0, next: 2, last: null }
  expect(decodeBatch(aBatch([good, good, good], at), stored)?.positions.map(({ offset }) => offset)).toEqual([2])
  expect(decodeBatch(aBatch([good, good], at), stored)).toBeUndefined()
  expect(decodeBatch(aBatch([], at), stored)).toBeUndefined()
})

test('a fingerprint distinguishes records by time and content, including tombstones', () => {
  const prints = [
    { offset: 1, timestamp: at, value: good },
    { offset: 1, timestamp: at + 1, value: good },
    { offset: 1, timestamp: at, value: null },
    { offset: 1, timestamp: at, value: Buffer.from('{}') },
  ].map((record) => JSON.stringify(fingerprintOf(record)))
  expect(new Set(prints).size).toBe(4)
})

test('a record without a broker timestamp is not checked for the future', () => {
  expect(decodeBatch(aBatch([good], -1), undefined)?.samples).toMatchObject([{ nodeId: 'node-1', at }])
})
