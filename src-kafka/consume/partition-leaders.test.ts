import { expect, test } from 'vitest'
import { recreatedTopics, topicMapOf } from './partition-leaders.ts'

const topic = (name: string, id: string, errorCode = 0, leader = 1) => ({
  topic: name,
  id,
  errorCode,
  partitions: [{ partition: 0, leader }],
})
const mapOf = (...topics: ReturnType<typeof topic>[]) => topicMapOf({ brokers: [], topics }, '^m-')

test('only topics that match are read, each partition from its leader', () => {
  expect(mapOf(topic('m-2', 'b', 0, -1), topic('other', 'x'), topic('m-1', 'a'), topic('__m-', 'y'))).toEqual({
    topics: ['m-1', 'm-2'],
    partitions: [
      { topic: 'm-2', partition: 0, leader: -1 },
      { topic: 'm-1', partition: 0, leader: 1 },
    ],
    ids: new Map([
      ['m-2', 'b'],
      ['m-1', 'a'],
    ]),
  })
})

test('a topic that this user may not read is an error, one that does not match is none', () => {
  expect(() => mapOf(topic('m-1', 'a', 29))).toThrow('m-1: TOPIC_AUTHORIZATION_FAILED')
  expect(mapOf(topic('other', 'x', 29)).topics).toEqual([])
})

test('a topic with another id was created again', () => {
  const before = mapOf(topic('m-1', 'a'), topic('m-2', 'b'))
  expect(recreatedTopics(before, mapOf(topic('m-1', 'a'), topic('m-2', 'c'), topic('m-3', 'd')))).toEqual(['m-2'])
})
