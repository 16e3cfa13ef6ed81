import { expect, test } from 'vitest'
import { matchingTopics } from '../../../src-kafka/client/topics.ts'
import { teamTopics } from '#shared/team/team-topics.ts'
import { streamPattern } from './stream-topics.ts'

const all = ['hosts-a', 'metrics-a', 'my-metrics', 'remo-alerts', 'remo-metrics', 'remo-rules', 'remo-rules-2']

test.each([
  ['^metrics-', ['metrics-a']],
  ['metrics', ['metrics-a', 'my-metrics']],
  ['^metrics-|^hosts-', ['hosts-a', 'metrics-a']],
  ['.', ['hosts-a', 'metrics-a', 'my-metrics']],
  ['^remo-', []],
])('%s matches topics of metrics, and those of the backend only where there is one', (pattern, metrics) => {
  expect(matchingTopics(all, streamPattern(pattern, undefined))).toEqual(metrics)
  expect(matchingTopics(all, streamPattern(pattern, teamTopics()))).toEqual([...metrics, 'remo-alerts', 'remo-rules'])
})
