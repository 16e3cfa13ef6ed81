/** What the data thread says of the topics, from records of other programs to the rows of the window. */
import { expect, onTestFinished, test } from 'vitest'
import { aBatch, aMessage, TestEngine } from './test-engine.ts'

function fixture(): TestEngine {
  const fixture = new TestEngine()
  onTestFinished(() => fixture.remove())
  return fixture
}
const cpu = (host: string, at: number, idle = 25.8): Buffer =>
  Buffer.from(`cpu,cpu=cpu-total,host=${host} usage_idle=${idle} ${at}000000`)

test('records of Telegraf, of ReMo and of neither: rows, an example and its reading', () => {
  const engine = fixture()
  const { now } = engine
  engine.engine.handlers.logRanges([
    { topic: 'metrics-node-1', partition: 0, start: 0, end: 1 },
    { topic: 'telegraf', partition: 0, start: 0, end: 4 },
    { topic: 'telegraf', partition: 1, start: 0, end: 0 },
  ])
  engine.engine.handlers.batches([
    ...aBatch([aMessage({ node: 'node-1', at: now, metrics: { cpu_usage: 1 } })], now),
    ...aBatch([cpu('web-01', now), cpu('web-02', now), Buffer.from('cpu,host=web-01 x=')], now, {
      topic: 'telegraf',
      end: 4,
    }),
    ...aBatch([Buffer.from('{"order_id":1,"customer":"c","total":2}')], now, { topic: 'orders' }),
  ])
  const rows = engine.call('sources.list', {})
  expect(rows.find(({ name }) => name === 'telegraf')).toMatchObject({
    state: 'reading',
    formats: [{ name: 'influx-line', share: 1 }],
    hosts: 2,
    partitions: 2,
    records: 3,
    rejected: 1,
  })
  expect(rows.find(({ name }) => name === 'metrics-node-1')).toMatchObject({ state: 'reading', hosts: 1, metrics: 1 })
  expect(rows.find(({ name }) => name === 'orders')).toMatchObject({ state: 'not-metrics', hosts: 0 })

  const example = engine.call('sources.example', { topics: ['telegraf'] })
  expect(example).toMatchObject({ topic: 'telegraf', isText: true, reading: { kind: 'parts', format: 'influx-line' } })
  expect(atob(example?.head ?? '')).toBe(cpu('web-02', now).toString())
  expect(engine.call('sources.example', { topics: ['not-there'] })).toBeUndefined()
  expect(engine.call('sources.example', { topics: ['orders'] })?.reading).toMatchObject({ kind: 'passed' })

  engine.now += 5_000
  const partition = engine.call('partitions.list', {}).find((one) => one.topic === 'telegraf' && one.partition === 0)
  expect(partition).toMatchObject({ position: 3, end: 4, lagMessages: 1, rejected: 1 })
})

test('hosts whose records come from two partitions are counted', () => {
  const engine = fixture()
  const { now } = engine
  const net = (bytes: number, at: number): Buffer =>
    Buffer.from(`net,host=web-01,interface=eth${bytes % 2} bytes_recv=${bytes}i,bytes_sent=${bytes}i ${at}000000`)
  for (let i = 0; i < 6; i++) {
    const partition = i % 2
    engine.engine.handlers.batches(
      aBatch([net(i, now + i * 1_000)], now, { topic: 'telegraf', partition, from: Math.floor(i / 2) }),
    )
  }
  expect(engine.call('sources.list', {})).toMatchObject([
    { name: 'telegraf', spread: 1, rates: expect.any(Number) as number },
  ])
})

test.each([
  { partitions: 1, made: true, spread: 0 },
  { partitions: 2, made: false, spread: 1 },
])('a backlog without keys of one of $partitions partitions: totals are made $made', ({ partitions, made, spread }) => {
  const engine = fixture()
  const { now } = engine
  const net = (second: number): Buffer =>
    Buffer.from(`net,host=web-01,interface=eth0 bytes_recv=${second}i,bytes_sent=1i ${now + second * 1000}000000`)
  const ranges = Array.from({ length: partitions }, (_, partition) => ({
    topic: 'telegraf',
    partition,
    start: 0,
    end: 6,
  }))
  engine.engine.handlers.logRanges(ranges)
  const seconds = Array.from({ length: 6 }, (_, i) => i * 10)
  engine.engine.handlers.batches(aBatch(seconds.map(net), now + 60_000, { topic: 'telegraf' }))
  expect(engine.store.samples.metrics().some(({ name }) => name === 'network_traffic')).toBe(made)
  expect(engine.call('sources.list', {})).toMatchObject([{ name: 'telegraf', spread }])
})

test('a node that was forgotten leaves the count', () => {
  const engine = fixture()
  const { now } = engine
  engine.engine.handlers.batches(aBatch([cpu('web-01', now), cpu('web-02', now)], now, { topic: 'telegraf' }))
  engine.call('nodes.forget', { nodeId: 'web-01', by: 'ada', at: now })
  expect(engine.call('sources.list', {})).toMatchObject([{ hosts: 1 }])
})

test('the report counts the partitions that are listed, with those of the team', () => {
  const fixture = new TestEngine({ hasBackend: true })
  onTestFinished(() => fixture.remove())
  const { now } = fixture
  fixture.engine.handlers.batches(aBatch([cpu('web-1', now)], now, { topic: 'metrics-telegraf' }))
  const read = (): unknown[] => {
    const { topics, partitions } = fixture.call('health.report', {})
    const listed = fixture.call('partitions.list', {})
    expect([topics, partitions]).toEqual([new Set(listed.map(({ topic }) => topic)).size, listed.length])
    return [topics, partitions]
  }
  expect(read()).toEqual([1, 1])
  fixture.connect([
    { topic: 'metrics-telegraf', end: 1 },
    { topic: 'remo-alerts', end: 0 },
    { topic: 'remo-rules', end: 0 },
  ])
  expect(read()).toEqual([3, 3])
})
