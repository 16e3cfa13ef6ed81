import { expect, test } from 'vitest'
import type { KafkaMessage } from 'kafkajs'
import { placeholderRecords } from '../records/unreadable-batch.ts'
import { sliceBatch } from './batch-slices.ts'

function message(offset: number, value: Buffer | null = Buffer.from('x')): KafkaMessage {
  return { offset: String(offset), timestamp: '5', value, key: null, attributes: 0, headers: {} } as KafkaMessage
}

const damagedValue = () =>
  placeholderRecords({ baseOffset: 0, lastOffsetDelta: 0, count: 1, codec: 1 }, 'gzip is damaged')

test('records are split into slices of at most the limit, in order', () => {
  const runs = sliceBatch(
    [1, 2, 3, 4, 5].map((offset) => message(offset)),
    2,
  )
  expect(runs.map((run) => run.kind === 'records' && run.records.map(({ offset }) => offset))).toEqual([
    [1, 2],
    [3, 4],
    [5],
  ])
})

test('a tombstone is a record', () => {
  expect(sliceBatch([message(1, null)], 10)).toEqual([
    { kind: 'records', records: [{ offset: 1, timestamp: 5, value: null, key: null }], last: 1 },
  ])
})

test('each unreadable batch is one slice between the readable ones', () => {
  const [first, second] = [damagedValue(), damagedValue()]
  const messages = [message(1), message(2, first), message(3, first), message(4, second), message(5)]
  expect(
    sliceBatch(messages, 10).map((run) => (run.kind === 'unreadable' ? [run.first, run.last, run.count] : 'records')),
  ).toEqual(['records', [2, 3, 2], [4, 4, 1], 'records'])
})
