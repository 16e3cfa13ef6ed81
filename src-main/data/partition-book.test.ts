import { expect, test } from 'vitest'
import type { StoredPosition } from '#shared/metric/stored.ts'
import { PartitionBook } from './partition-book.ts'

const topic = 'metrics-node-1'
const position = (next: number, timestamp: number): StoredPosition => ({
  topic,
  partition: 0,
  next,
  last: { timestamp, hash: 'h' },
})
const end = (value: number, start = 0) => [{ topic, partition: 0, start, end: value }]

test('a backlog counts by the age of what was read, until the log was read to its end once', () => {
  const book = new PartitionBook([position(10, 1000)])
  book.setEnds(end(30), 100_000)
  expect([book.lagMessages(), book.behindMs(100_000), book.caughtUpAt()]).toEqual([20, 99_000, undefined])
  book.moveTo(position(30, 99_500), 101_000, 30)
  expect([book.lagMessages(), book.behindMs(101_000), book.caughtUpAt()]).toEqual([0, 0, 100_000])
})

test('a record that was just heard of is not as late as the one before it is old', () => {
  const book = new PartitionBook([position(10, 1000)])
  book.setEnds(end(10), 60_000)
  expect(book.caughtUpAt()).toBe(60_000)
  book.setEnds(end(11), 75_000)
  expect([book.behindMs(75_200), book.caughtUpAt()]).toEqual([200, undefined])
  expect(book.behindMs(95_000)).toBe(20_000)
})

test('what was known of the ends is not trusted after the connection was lost', () => {
  const book = new PartitionBook([position(10, 1000)])
  book.setEnds(end(10), 60_000)
  expect(book.caughtUpAt()).toBe(60_000)
  book.forgetEnds()
  expect(book.caughtUpAt()).toBeUndefined()
})

test('records that retention took are not lag, and a topic that is gone has none', () => {
  const book = new PartitionBook([position(10, 1000)])
  book.setEnds(end(50, 40), 60_000)
  expect(book.lagMessages()).toBe(10)
  expect(book.lags(60_000)).toEqual([{ topic, partition: 0, lagMessages: 10, lagSeconds: 59 }])
  book.setEnds([], 75_000)
  expect([book.lagMessages(), book.lags(75_000)]).toEqual([0, []])
})
