import { afterEach, expect, test, vi } from 'vitest'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { teamTopics } from '#shared/team/team-topics.ts'
import { aRun } from '../../src-kafka/records/run-builders.ts'
import { StorageError } from '../store/errors.ts'
import { aBatch, aMessage, only, TestEngine } from './test-engine.ts'

// What one fetch brings: several partitions, transaction markers, and topics of the backend among the metrics.

const t0 = 1_764_000_000_000
const fixtures: TestEngine[] = []

afterEach(() => {
  vi.restoreAllMocks()
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

function aTestEngine(options: ConstructorParameters<typeof TestEngine>[0] = {}): TestEngine {
  const fixture = new TestEngine({ now: t0, stockRules: !options.hasBackend, ...options })
  fixtures.push(fixture)
  return fixture
}

const cpu = (value: number, node: string, second = 0) =>
  aMessage({ node, at: t0 + second * 1000, metrics: { cpu_usage: value } })

/** Two partitions of one topic, and another topic. */
const threePartitions = [
  ...aBatch([cpu(50, 'node-1'), cpu(99, 'node-1', 200), cpu(99, 'node-1', 400)], t0 + 400_000, {
    topic: 'metrics-fleet',
  }),
  ...aBatch([cpu(51, 'node-2'), Buffer.from('?')], t0, { topic: 'metrics-fleet', partition: 1 }),
  ...aBatch([cpu(52, 'node-3')], t0, { topic: 'metrics-other', from: 7 }),
]

test('all partitions of a fetch are stored in one transaction', () => {
  const fixture = aTestEngine()
  const commit = vi.spyOn(fixture.store, 'commitBatch')
  fixture.engine.handlers.batches(threePartitions)
  expect(commit).toHaveBeenCalledTimes(1)
  expect(fixture.store.positions().map(({ topic, partition, next }) => [topic, partition, next])).toEqual([
    ['metrics-fleet', 0, 3],
    ['metrics-fleet', 1, 2],
    ['metrics-other', 0, 8],
  ])
  expect(fixture.store.samples.latest().map(({ id, values }) => [id, values])).toEqual([
    ['node-1', [99]],
    ['node-2', [51]],
    ['node-3', [52]],
  ])
  expect(only(fixture.call('rejectedRecords.list', { limit: 9 }))).toMatchObject({ partition: 1, offset: 1 })
  expect(only(fixture.call('alerts.list', { open: true }))).toMatchObject({ nodeId: 'node-1', severity: 'critical' })
  expect(fixture.call('counters.get', {})).toMatchObject({
    messagesByTopic: { 'metrics-fleet': 5, 'metrics-other': 1 },
    evaluation: { count: 1 },
  })
})

test('a failed commit stores nothing of any partition, and the same fetch succeeds later', () => {
  const fixture = aTestEngine()
  const full = new StorageError('full', { cause: new Error('SQLITE_FULL') })
  const commit = vi.spyOn(fixture.store, 'commitBatch').mockImplementationOnce(() => {
    throw full
  })
  expect(() => fixture.engine.handlers.batches(threePartitions)).toThrow(full)
  expect(fixture.store.positions()).toEqual([])
  expect(fixture.call('alerts.list', { open: true })).toEqual([])
  fixture.engine.handlers.batches(threePartitions)
  expect(commit.mock.calls[1]?.[0]).toEqual(commit.mock.calls[0]?.[0])
  expect(fixture.call('alerts.list', { open: true })).toHaveLength(1)
  expect(fixture.call('counters.get', {})).toMatchObject({
    messagesByTopic: { 'metrics-fleet': 5, 'metrics-other': 1 },
  })
})

test('a batch of transaction markers moves the position, and is neither a message nor a sign of a producer', () => {
  const fixture = aTestEngine()
  const topic = 'metrics-node-1'
  fixture.connect([{ topic, end: 1 }])
  fixture.engine.handlers.batches(aBatch([cpu(50, 'node-1')], t0, { end: 3 }))
  const [first] = fixture.store.positions()
  fixture.now = t0 + 31_000
  fixture.engine.handlers.batches(aBatch([], t0, { from: 1, next: 3 }))
  expect(fixture.engine.handlers.position(topic, 0)).toEqual({
    topic,
    partition: 0,
    next: 3,
    last: { ...first?.last, offset: 0 },
  })
  expect(fixture.store.positions()).toEqual([fixture.engine.handlers.position(topic, 0)])
  expect(fixture.call('counters.get', {})).toMatchObject({ messagesByTopic: { [topic]: 1 } })
  expect(fixture.call('health.report', {})).toMatchObject({
    health: { kind: 'blind', cause: 'no-records' },
    lagMessages: 0,
  })
})

test('the position is behind the markers that follow a record, and names the record', () => {
  const fixture = aTestEngine()
  fixture.engine.handlers.batches(aBatch([cpu(50, 'node-1')], t0, { from: 4, next: 6 }))
  expect(only(fixture.store.positions())).toMatchObject({ next: 6, last: { offset: 4, timestamp: t0 } })
  fixture.engine.handlers.batches(aBatch([cpu(50, 'node-1')], t0, { from: 6 }))
  expect(only(fixture.store.positions()).last).not.toHaveProperty('offset')
})

test('a partition whose first fetch brings markers only was not read from its beginning', () => {
  const fixture = aTestEngine({ hasBackend: true })
  const rule = aRule({ forSeconds: 0 })
  fixture.engine.handlers.batches([teamBatch('rules', rule.id, { rule, earlier: [] })])
  fixture.engine.handlers.batches(aBatch([], t0, { from: 500, next: 502 }))
  fixture.restart()
  fixture.engine.handlers.batches(aBatch([cpu(99, 'node-1')], t0, { from: 502 }))
  expect(only(fixture.call('alerts.list', { open: true }))).toMatchObject({ provisional: true })
})

test('rules of a fetch decide about the metrics of the same fetch', () => {
  const fixture = aTestEngine({ hasBackend: true })
  const rule = aRule({ id: anId(7), forSeconds: 0 })
  const metrics = aBatch([cpu(99, 'node-1')], t0)
  fixture.engine.handlers.batches([...metrics, teamBatch('rules', rule.id, { rule, earlier: [] })])
  expect(only(fixture.call('alerts.list', { open: true }))).toMatchObject({ ruleId: rule.id, nodeId: 'node-1' })
})

test('markers in a topic of the backend move its position only', () => {
  const fixture = aTestEngine({ hasBackend: true })
  const topic = teamTopics().rules
  fixture.engine.handlers.batches(aBatch([], t0, { topic, next: 2 }))
  expect(fixture.engine.handlers.position(topic, 0)).toEqual({ topic, partition: 0, next: 2, last: null })
  expect(fixture.call('counters.get', {})).toMatchObject({ messagesByTopic: {} })
})

function teamBatch(about: 'rules' | 'alerts', key: string, content: object) {
  const record = { offset: 0, timestamp: t0, key: Buffer.from(key), value: Buffer.from(JSON.stringify(content)) }
  return { topic: teamTopics()[about], partition: 0, runs: [aRun([record])], next: 1, end: 1 }
}
