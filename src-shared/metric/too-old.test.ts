import { expect, test } from 'vitest'
import { dayMs } from '../format/time-units.ts'
import { columnsOf } from './sample-columns.ts'
import { withoutTooOld } from './too-old.ts'

const now = Date.UTC(2026, 10, 29)

function batchOf(...daysAgo: readonly number[]) {
  const samples = daysAgo.map((days) => ({
    nodeId: 'node-1',
    nodeName: 'N',
    at: now - days * dayMs,
    names: ['cpu_usage'],
    values: [days],
  }))
  return { topic: 'metrics', partition: 3, columns: columnsOf(samples) }
}

test('samples within the retention stay as they are', () => {
  const batch = batchOf(0, 14, 1)
  expect(withoutTooOld(batch, 14, now)).toEqual({ columns: batch.columns, rejects: [], count: 0 })
})

test('an older sample is rejected with node and time', () => {
  const { columns, rejects, count } = withoutTooOld(batchOf(0, 15, 1), 14, now)
  expect([Array.from(columns.offset), count]).toEqual([[0, 2], 1])
  const reason =
    'timestamp: expected at most 14 days ago, as long as values are kept, got 2026-11-14 00:00:00 UTC from node-1'
  expect(rejects).toEqual([
    {
      position: { topic: 'metrics', partition: 3, offset: 1 },
      at: -1,
      reject: { code: 'too-old', reason },
      head: new Uint8Array(0),
    },
  ])
})

test('of a batch that is all too old, a hundred are listed', () => {
  const { columns, rejects, count } = withoutTooOld(batchOf(...Array<number>(150).fill(20)), 14, now)
  expect([columns.count, rejects.length, count]).toEqual([0, 100, 150])
  expect(rejects.at(-1)?.reject.reason).toMatch(/; and 50 more like it$/)
})

test('a record with several old samples is listed once; each of its samples counts', () => {
  const { topic, partition, columns } = batchOf(20, 20, 20, 0)
  const { rejects, count } = withoutTooOld(
    { topic, partition, columns: { ...columns, offset: Float64Array.of(4, 4, 5, 5) } },
    14,
    now,
  )
  expect([rejects.map(({ position }) => position.offset), count]).toEqual([[4, 5], 3])
})
