import { expect, test } from 'vitest'
import type { ReadPosition } from '#shared/metric/read-position.ts'
import { PartitionPositions } from './partition-positions.ts'

const topic = 'metrics-node-1'
const position = (next: number, timestamp: number): ReadPosition => ({
  topic,
  partition: 0,
  next,
  last: { timestamp, hash: 'h' },
})
const end = (value: number, start = 0) => [{ topic, partition: 0, start, end: value }]

test('a backlog is as old as the newest record read, until the first catch-up', () => {
  const index = new PartitionPositions([position(10, 1000)])
  index.setLogRanges(end(30), 100_000)
  expect([index.lagMessages(), index.lagMs(100_000), index.caughtUpAt()]).toEqual([20, 99_000, undefined])
  index.moveTo(position(30, 99_500), 101_000, 30)
  expect([index.lagMessages(), index.lagMs(101_000), index.caughtUpAt()]).toEqual([0, 0, 100_000])
})

test('after the catch-up, an unread record counts from when ReMo learned of it', () => {
  const index = new PartitionPositions([position(10, 1000)])
  index.setLogRanges(end(10), 60_000)
  expect(index.caughtUpAt()).toBe(60_000)
  index.setLogRanges(end(11), 75_000)
  expect([index.lagMs(75_200), index.caughtUpAt()]).toEqual([200, undefined])
  expect(index.lagMs(95_000)).toBe(20_000)
})

test('the ends of the log are discarded after a lost connection', () => {
  const index = new PartitionPositions([position(10, 1000)])
  index.setLogRanges(end(10), 60_000)
  expect(index.caughtUpAt()).toBe(60_000)
  index.clearLogRanges()
  expect(index.caughtUpAt()).toBeUndefined()
})

test('a topic has the partitions that Kafka last said, also without a connection', () => {
  const index = new PartitionPositions([position(10, 1000)])
  expect(index.partitionsOf(topic)).toBe(1)
  index.setLogRanges([...end(10), { topic, partition: 1, start: 0, end: 0 }], 60_000)
  index.clearLogRanges()
  expect([index.partitionsOf(topic), index.partitionsOf('other')]).toEqual([2, 1])
})

test('records deleted by retention are not lag, and a deleted topic has none', () => {
  const index = new PartitionPositions([position(10, 1000)])
  index.setLogRanges(end(50, 40), 60_000)
  expect(index.lagMessages()).toBe(10)
  expect(index.lags(60_000)).toEqual([{ topic, partition: 0, lagMessages: 10, lagSeconds: 59 }])
  index.setLogRanges([], 75_000)
  expect([index.lagMessages(), index.lags(75_000)]).toEqual([0, []])
})
