import { afterEach, describe, expect, test, vi } from 'vitest'
import { dayMs } from '#shared/format/time-units.ts'
import type { RuleDraft } from '#shared/rule/rule.ts'
import { aBatch, TestEngine, type BatchParts } from './test-engine.ts'

const t0 = 1_764_000_000_000
const fixtures: TestEngine[] = []

afterEach(() => {
  vi.restoreAllMocks()
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

function aConsole(now = t0): TestEngine {
  const fixture = new TestEngine({ now })
  fixtures.push(fixture)
  return fixture
}

interface Measured {
  readonly name: string
  readonly second: number
  readonly fields: Readonly<Record<string, number>>
  readonly tags?: Readonly<Record<string, string>>
}

/** A record as Telegraf writes it as JSON. */
const telegraf = ({ name, second, fields, tags }: Measured, host = 'web-01') => ({
  fields,
  name,
  tags: { host, ...tags },
  timestamp: t0 / 1000 + second,
})
const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
const net = (second: number, received: number, host?: string) =>
  bytes(telegraf({ name: 'net', second, fields: { bytes_recv: received }, tags: { interface: 'eth0' } }, host))
const load = (second: number, load1: number, host?: string) =>
  bytes(telegraf({ name: 'system', second, fields: { load1 } }, host))

const topic = 'telegraf'
const deliver = (fixture: TestEngine, values: ReadonlyArray<Uint8Array | null>, parts: BatchParts = {}) => {
  fixture.engine.handlers.batches(aBatch(values, t0, { topic, ...parts }))
}
const nodesOf = (fixture: TestEngine) =>
  fixture
    .call('live.snapshot', {})
    .directory.nodes.map(({ id }) => id)
    .sort()
const rejectsOf = (fixture: TestEngine) =>
  fixture
    .call('rejectedRecords.list', { limit: 100 })
    .map(({ offset, code, reason }) => ({ offset, code, reason }))
    .reverse()
const latestOf = (fixture: TestEngine) => {
  const { metrics = [], values = [] } = fixture.store.samples.latest().find(({ id }) => id === 'web-01') ?? {}
  return Object.fromEntries(metrics.map((metric, i) => [metric, values[i]]))
}

test('records of Telegraf make hosts with values; rates go on after a start', () => {
  const fixture = aConsole()
  deliver(fixture, [net(0, 1000), load(0, 0.5), net(10, 2000)])
  expect(nodesOf(fixture)).toEqual(['web-01'])
  expect(latestOf(fixture)).toEqual({ 'net.bytes_recv{interface=eth0}': 100, 'system.load1': 0.5 })
  fixture.restart()
  deliver(fixture, [net(20, 5000)], { from: 3 })
  expect(latestOf(fixture)).toMatchObject({ 'net.bytes_recv{interface=eth0}': 300 })
  fixture.restart()
  // more than ten steps
  deliver(fixture, [net(200, 9000), net(210, 9010)], { from: 4 })
  expect(latestOf(fixture)).toMatchObject({ 'net.bytes_recv{interface=eth0}': 1 })
  expect(rejectsOf(fixture)).toEqual([])
})

test('a record that Kafka delivers again changes nothing', () => {
  const fixture = aConsole()
  deliver(fixture, [net(0, 1000), net(10, 2000)])
  deliver(fixture, [net(0, 1000), net(10, 2000), net(20, 4000)])
  expect(latestOf(fixture)).toMatchObject({ 'net.bytes_recv{interface=eth0}': 200 })
  expect(fixture.call('counters.get', {}).messagesByTopic).toEqual({ telegraf: 3 })
})

test('a record of several samples is one record, and one rejected record', () => {
  const fixture = aConsole()
  const batch = bytes({
    metrics: [
      telegraf({ name: 'system', second: 0, fields: { load1: 1 } }, 'a'),
      telegraf({ name: 'system', second: 900, fields: { load1: 1 } }, 'b'),
      telegraf({ name: 'system', second: 901, fields: { load1: 1 } }, 'c'),
      telegraf({ name: 'system', second: -15 * 86_400, fields: { load1: 1 } }, 'd'),
      telegraf({ name: 'system', second: -15 * 86_400, fields: { load5: 1 } }, 'd'),
    ],
  })
  deliver(fixture, [batch, load(0, 1)])
  expect(nodesOf(fixture)).toEqual(['a', 'web-01'])
  expect(rejectsOf(fixture)).toMatchObject([{ offset: 0, code: 'too-old' }])
  expect(fixture.call('counters.get', {})).toMatchObject({ messagesByTopic: { telegraf: 2 } })
  deliver(fixture, [load(900, 1)], { from: 2 })
  expect(rejectsOf(fixture)[1]).toEqual({
    offset: 2,
    code: 'future-timestamp',
    reason:
      'Telegraf JSON, timestamp: expected at most 5 minutes after the record was written, got 900 seconds after it',
  })
})

test('a backlog that is too old makes no node and no counter', () => {
  const fixture = aConsole()
  const old = -15 * (dayMs / 1000)
  deliver(fixture, [net(old, 1), net(old + 10, 2), load(old, 1)])
  expect(nodesOf(fixture)).toEqual([])
  expect(rejectsOf(fixture)).toMatchObject([{ offset: 0 }, { offset: 1 }, { offset: 2 }])
  expect(fixture.store.counterRows()).toEqual([])
})

test('what is no metric is passed over on any topic, and rejected on those of ReMo', () => {
  const fixture = aConsole()
  const others = [Buffer.from('{"order_id":7}'), null, Buffer.from('hello'), Buffer.from('{"fields":')]
  deliver(fixture, others, { topic: 'orders' })
  expect(rejectsOf(fixture)).toMatchObject([
    { offset: 3, code: 'not-json', reason: expect.stringMatching(/^Telegraf JSON, /) as string },
  ])
  expect(fixture.store.position('orders', 0)?.next).toBe(4)
  expect(fixture.call('counters.get', {}).messagesByTopic).toEqual({ orders: 4 })
  deliver(fixture, others.slice(0, 3), { topic: 'metrics-1' })
  expect(rejectsOf(fixture).map(({ code }) => code)).toEqual(['not-json', 'wrong-shape', 'tombstone', 'not-json'])
})

test('a record that cannot be stored is rejected alone, and the rates of the others are as without it', () => {
  const fixture = aConsole()
  const { samples } = fixture.store
  const prepare = samples.prepare.bind(samples)
  vi.spyOn(samples, 'prepare').mockImplementation((write) => {
    const has = ({ columns }: (typeof write.samples)[number]): boolean =>
      columns.node.some((key) => columns.directory.nodes[key]?.id === 'poison')
    const batch = prepare(write)
    if (!write.samples.some(has)) return batch
    return {
      ...batch,
      write: () => {
        throw new RangeError('no such thing')
      },
    }
  })
  deliver(fixture, [net(0, 0), net(10, 1000), load(0, 1, 'poison'), net(20, 3000), load(0, 1)])
  expect(fixture.fatal).toEqual([])
  expect(rejectsOf(fixture)).toMatchObject([{ offset: 2, code: 'not-stored' }])
  expect(latestOf(fixture)).toEqual({ 'net.bytes_recv{interface=eth0}': 200, 'system.load1': 1 })
  expect(fixture.call('counters.get', {}).messagesByTopic).toEqual({ telegraf: 5 })
})

test('a disk that is full for a while changes no rate', () => {
  const fixture = aConsole()
  deliver(fixture, [net(0, 0)])
  const commit = vi.spyOn(fixture.store, 'commitBatch').mockImplementation(() => {
    throw new Error('disk full')
  })
  expect(() => deliver(fixture, [net(10, 1000), net(20, 9000)], { from: 1 })).toThrow()
  commit.mockRestore()
  deliver(fixture, [net(10, 1000)], { from: 1 })
  expect(latestOf(fixture)).toEqual({ 'net.bytes_recv{interface=eth0}': 100 })
})

describe('alerts of records with several samples', () => {
  const rule = (metric: string): RuleDraft => ({
    scope: { kind: 'all' },
    metric,
    condition: 'greater',
    warning: 90,
    forSeconds: 0,
    enabled: true,
  })
  const disk = (path: string, second: number, used: number) =>
    telegraf({ name: 'disk', second, fields: { used_percent: used }, tags: { path } })
  const alertsOf = (fixture: TestEngine) =>
    fixture.call('alerts.list', { open: true }).flatMap((alert) => ('metric' in alert ? [alert] : []))

  test('two series that breach in one record have alerts of their own', () => {
    const fixture = aConsole(t0 - 60_000)
    for (const path of ['/', '/var']) fixture.call('rules.save', { draft: rule(`disk.used_percent{path=${path}}`) })
    deliver(fixture, [bytes({ metrics: [disk('/', 0, 95), disk('/var', 0, 96)] })])
    const alerts = alertsOf(fixture)
    expect(alerts.map(({ metric }) => metric).sort()).toEqual([
      'disk.used_percent{path=/var}',
      'disk.used_percent{path=/}',
    ])
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(2)
  })

  test('one series that breaches, clears and breaches in one record has two alerts', () => {
    const fixture = aConsole(t0 - 60_000)
    fixture.call('rules.save', { draft: rule('disk.used_percent{path=/}') })
    deliver(fixture, [bytes({ metrics: [disk('/', 0, 95), disk('/', 10, 5), disk('/', 20, 95)] })])
    const ids = fixture.emittedOf('alerts.changed').flatMap((alerts) => alerts.map(({ id }) => id))
    expect(new Set(ids).size).toBe(2)
  })
})
