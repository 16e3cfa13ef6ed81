import { expect, test } from 'vitest'
import { matchingTopics, topicChanges } from './topics.ts'

test('matching topics are sorted, without internal ones', () => {
  const all = ['metrics-b', '__consumer_offsets', 'orders', 'metrics-a']
  expect(matchingTopics(all, '^metrics-')).toEqual(['metrics-a', 'metrics-b'])
  expect(matchingTopics(all, '.*')).toEqual(['metrics-a', 'metrics-b', 'orders'])
})

test('added and removed topics between two lists', () => {
  expect(topicChanges(['a', 'b'], ['b', 'c'])).toEqual({ added: ['c'], removed: ['a'] })
  expect(topicChanges(['a'], ['a'])).toEqual({ added: [], removed: [] })
})
