import { afterEach, expect, test } from 'vitest'
import { minuteMs } from '#shared/format/time-units.ts'
import type { StartAt } from '#shared/settings/start-at.ts'
import { aBatch, aMessage, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
const fixtures: TestEngine[] = []

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

function anEngine(startAt: StartAt): TestEngine {
  const fixture = new TestEngine({ now: t0, startAt })
  fixtures.push(fixture)
  return fixture
}

const fromOf = ({ engine }: TestEngine) => engine.handlers.firstStart?.()?.from
const breach = (offset: number) =>
  aBatch([aMessage({ node: 'node-1', at: t0, metrics: { cpu_usage: 99 } })], t0, { from: offset })

test.each([
  [{ kind: 'latest' }, 'end'],
  [{ kind: 'minutes', minutes: 60 }, t0 - 60 * minuteMs],
  [{ kind: 'beginning' }, 0],
] as const)('a new cache starts at %j until its positions are stored', (startAt, from) => {
  const fixture = anEngine(startAt)
  expect(fromOf(fixture)).toBe(from)
  fixture.restart()
  expect(fromOf(fixture)).toBe(from)
  fixture.engine.handlers.begin?.([])
  expect(fromOf(fixture)).toBeUndefined()
  fixture.restart()
  expect(fromOf(fixture)).toBeUndefined()
})

test('a cache of a version without a start position keeps its positions', () => {
  const fixture = anEngine({ kind: 'latest' })
  fixture.engine.handlers.batches(breach(0))
  fixture.restart()
  expect(fromOf(fixture)).toBeUndefined()
  expect(fixture.engine.handlers.position('metrics-node-1', 0)).toMatchObject({ next: 1 })
})

test('reading continues at the stored start, without a gap, and knows that earlier records are unread', () => {
  const fixture = anEngine({ kind: 'latest' })
  fixture.engine.handlers.begin?.([{ topic: 'metrics-node-1', partition: 0, next: 500, last: null }])
  fixture.connect([{ topic: 'metrics-node-1', end: 500 }])
  expect(fixture.call('health.report', {})).toMatchObject({ lagMessages: 0, gaps: 0 })
  fixture.restart()
  expect(fixture.engine.handlers.position('metrics-node-1', 0)).toEqual({
    topic: 'metrics-node-1',
    partition: 0,
    next: 500,
    last: null,
  })
  expect(fixture.store.team.partitionStarts()).toEqual([{ topic: 'metrics-node-1', partition: 0, offset: 500 }])
  fixture.engine.handlers.batches(breach(500))
  expect(fixture.call('counters.get', {}).messagesByTopic).toEqual({ 'metrics-node-1': 1 })
  expect(fixture.call('gaps.list', { limit: 5 })).toEqual([])
})

test('with another topic pattern, topics that did not match before begin at the start position', () => {
  const fixture = anEngine({ kind: 'latest' })
  fixture.engine.handlers.begin?.([])
  fixture.store.meta.setStartedWith('^metric-')
  expect(fromOf(fixture)).toBe('end')
})

test('a new cache in place of a damaged one reads all that Kafka still has', () => {
  const fixture = anEngine({ kind: 'latest' })
  fixture.store.meta.setStartedWith('')
  fixture.restart()
  expect(fromOf(fixture)).toBeUndefined()
})
