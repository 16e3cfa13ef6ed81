import { expect, test } from 'vitest'
import type { SourceView } from '#shared/ipc/source-calls.ts'
import { columnsOf, SampleDirectory } from '#shared/metric/sample-columns.ts'
import type { BatchTally, ExampleRecord } from '#shared/metric/sources/batch-tally.ts'
import { PartitionPositions } from '../ingest/partition-positions.ts'
import { SourceStats } from './source-stats.ts'

const example = (offset: number, text: string): ExampleRecord => ({
  offset,
  at: offset,
  key: null,
  head: Buffer.from(text),
})
const tally = (topic: string, part: Partial<BatchTally> = {}): BatchTally => ({
  topic,
  partition: 0,
  records: 10,
  formats: new Map([['influx-line', 10]]),
  passed: new Map(),
  details: new Map(),
  examples: new Map(),
  bounds: [],
  spread: new Set(),
  ...part,
})
const passedOver = {
  formats: new Map(),
  passed: new Map([['not-metrics', 10]] as const),
  details: new Map([['not-metrics', 'order_id, customer']] as const),
}

function fixture(pattern = '^metrics-') {
  const partitions = new PartitionPositions([])
  const stats = new SourceStats({ partitions, pattern, isTeamTopic: (topic) => topic === 'remo-rules' })
  const row = (name: string, now = 0): SourceView | undefined => stats.sources(now).find((one) => one.name === name)
  return { stats, partitions, row }
}

const directory = new SampleDirectory()
const samplesOf = (topic: string, nodes: readonly string[], names: readonly string[]) => ({
  topic,
  partition: 0,
  columns: columnsOf(
    nodes.map((nodeId) => ({ nodeId, nodeName: nodeId, at: 0, names, values: names.map(() => 1) })),
    undefined,
    directory,
  ),
})

test('hosts, metrics and series of a topic, whatever the number of records', () => {
  const { stats, row } = fixture()
  for (let batch = 0; batch < 3; batch++) {
    stats.counted(
      [tally('telegraf')],
      [samplesOf('telegraf', ['a', 'b', 'a'], ['cpu.idle', 'cpu.user']), samplesOf('telegraf', ['a'], ['mem.used'])],
      batch * 1_000,
    )
  }
  expect(row('telegraf', 5_000)).toMatchObject({
    state: 'reading',
    formats: [{ name: 'influx-line', share: 1 }],
    hosts: 2,
    metrics: 3,
    series: 5,
    seriesAtMost: 50_000,
    rates: 0,
    records: 30,
    recordsPerSecond: 6,
    since: 0,
  })
})

test('metrics that are rates of counters', () => {
  const { stats, row } = fixture()
  const own = new SampleDirectory()
  own.layout(['net.bytes', 'net.up'], undefined, { part: 'net', counters: ['net.bytes'] })
  own.layout([], undefined, { part: 'disk', counters: ['disk.reads'] })
  const columns = { ...columnsOf([], [], own), count: 2, node: new Uint32Array(2), layout: Uint32Array.of(0, 1) }
  own.node('a', 'a')
  stats.counted([tally('telegraf')], [{ topic: 'telegraf', partition: 0, columns }], 0)
  expect(row('telegraf')).toMatchObject({ metrics: 2, rates: 1 })
})

test('a node that was forgotten counts again when it sends again', () => {
  const { stats, row } = fixture()
  const samples = [samplesOf('telegraf', ['a', 'b'], ['cpu.idle'])]
  stats.counted([tally('telegraf')], samples, 0)
  stats.forget('a')
  expect(row('telegraf')?.hosts).toBe(1)
  stats.counted([tally('telegraf')], samples, 0)
  expect(row('telegraf')?.hosts).toBe(2)
})

test.each<[string, Partial<BatchTally>, Partial<SourceView>]>([
  [
    'several formats',
    {
      formats: new Map([
        ['telegraf-json', 91],
        ['collectd-json', 9],
      ]),
    },
    {
      state: 'several',
      formats: [
        { name: 'telegraf-json', share: 0.91 },
        { name: 'collectd-json', share: 0.09 },
      ],
    },
  ],
  ['not metrics', passedOver, { state: 'not-metrics', detail: 'order_id, customer' }],
  [
    'a schema registry is needed',
    {
      formats: new Map(),
      passed: new Map([['needs-schema-registry', 10]]),
      details: new Map([['needs-schema-registry', 'Avro, schema 1042']]),
    },
    { state: 'needs-schema-registry', detail: 'Avro, schema 1042' },
  ],
  ['only empty records', { formats: new Map(), passed: new Map([['empty', 10]]) }, { state: 'undecided' }],
  ['traces', { formats: new Map(), passed: new Map([['otlp-traces', 10]]) }, { state: 'not-metrics' }],
  [
    'a limit',
    { bounds: [{ bound: 'series-of-node', left: 40, nodeId: 'k8s-03', tag: 'pod.name' }] },
    { state: 'limited', bound: { bound: 'series-of-node', left: 40, nodeId: 'k8s-03', tag: 'pod.name' } },
  ],
  ['nodes without totals', { spread: new Set(['a', 'b']) }, { state: 'reading', spread: 2 }],
])('a topic with %s', (_, part, expected) => {
  const { stats, row } = fixture()
  stats.counted([tally('infra', part)], [], 0)
  expect(row('infra')).toMatchObject(expected)
})

test('what a batch said long ago does not count', () => {
  const { stats, row } = fixture()
  const bounds = [{ bound: 'tag-length', left: 1, nodeId: 'a', tag: 'id' }] as const
  stats.counted([tally('infra', { bounds, spread: new Set(['a']) })], [], 0)
  stats.counted([tally('infra')], [], 3_600_000)
  expect(row('infra', 3_600_000)).toMatchObject({ state: 'reading', spread: 0 })
})

test('topics of one prefix and kind are one row; another kind, and a single one, are rows of their own', () => {
  const { stats } = fixture('^(metrics-|otel-|telegraf$)')
  const topics = ['metrics-a', 'metrics-b', 'metrics-c', 'metrics-odd', 'otel-x', 'telegraf', 'remo-rules']
  stats.setTopics(topics.map((topic) => ({ topic })))
  for (const topic of topics.slice(0, 3)) stats.counted([tally(topic, { formats: new Map([['remo', 10]]) })], [], 0)
  stats.counted([tally('metrics-odd', passedOver)], [], 0)
  expect(
    stats.sources(0).map(({ name, topicCount, partitions, state }) => [name, topicCount, partitions, state]),
  ).toEqual([
    ['metrics-.*', 3, 3, 'reading'],
    ['metrics-odd', 1, 1, 'not-metrics'],
    ['otel-x', 1, 1, 'undecided'],
    ['telegraf', 1, 1, 'undecided'],
  ])
})

test('the example is the newest record with values, copied at most once a second', () => {
  const { stats } = fixture()
  const memory = Buffer.from('cpu value=1')
  const examples = new Map([['influx-line', { ...example(1, ''), head: memory }]] as const)
  stats.counted([tally('telegraf', { examples })], [], 0)
  memory.fill('x')
  const kept = (): string => Buffer.from(stats.example(['telegraf'])?.value ?? []).toString()
  expect(kept()).toBe('cpu value=1')
  const newer = { examples: new Map([['influx-line', example(2, 'newer')]] as const) }
  stats.counted([tally('telegraf', newer)], [], 500)
  expect(kept()).toBe('cpu value=1')
  stats.counted([tally('telegraf', newer)], [], 1_000)
  expect(kept()).toBe('newer')
  stats.counted([tally('telegraf', { ...passedOver, examples: new Map([['passed', example(3, '{}')]]) })], [], 5_000)
  expect(kept()).toBe('newer')
})

test('examples take at most some memory', () => {
  const { stats } = fixture()
  const large = 'x'.repeat(64 * 1024 - 1)
  for (let i = 0; i < 300; i++) {
    const examples = new Map([['influx-line', example(i, large)]] as const)
    stats.counted([tally(`topic-${i}`, { examples })], [], 0)
  }
  expect(stats.example(['topic-0'])).toMatchObject({ isCut: false })
  const last = stats.example(['topic-299'])
  expect([last?.value.length, last?.isCut]).toEqual([1_024, true])
})

test('partitions: position, end, lag, rate and what was rejected', () => {
  const { stats, partitions } = fixture()
  const last = { offset: 4, timestamp: 10_000, hash: 'x' }
  partitions.moveTo({ topic: 'telegraf', partition: 1, next: 5, last }, 10_000)
  partitions.setLogRanges([{ topic: 'telegraf', partition: 1, start: 0, end: 8 }], 12_000)
  stats.counted([tally('telegraf', { partition: 1 })], [], 10_000)
  const position = { topic: 'telegraf', partition: 1, offset: 3 }
  stats.rejects([{ position, at: 0, reject: { code: 'not-json', reason: 'x' }, head: new Uint8Array(0) }], 10_000)
  expect(stats.partitions(15_000)).toEqual([
    {
      topic: 'telegraf',
      partition: 1,
      position: 5,
      end: 8,
      lagMessages: 3,
      lagSeconds: 5,
      recordsPerSecond: 2,
      trend: [2],
      rejected: 1,
      lastAt: 10_000,
      isTeam: false,
    },
  ])
  partitions.clearLogRanges()
  expect(stats.partitions(15_000)).toMatchObject([{ end: null, lagSeconds: null, position: 5 }])
})
