import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { LiveTable } from '#shared/ipc/live-table.ts'
import { StreamFixture } from '../contract/stream-fixture.ts'
import { numbered, streamOn } from '../contract/stream-broker.ts'
import { JavaClient } from '../support/java-client.ts'
import { EngineFixture } from './engine-fixture.ts'

const engine = EngineFixture.register()
let java: JavaClient
beforeAll(async () => {
  java = await JavaClient.start(engine.kafka.bootstrap)
})
afterAll(() => java?.end())

const within = (timeout: number) => ({ timeout, interval: 50 })

test('committed records arrive in order, aborted ones and those of an open transaction never', async () => {
  const topic = 'tx-1'
  await engine.kafka.createTopic(topic, 2)
  const producer = await java.producer('tx', 'none', { id: 'tx', timeoutMs: 300_000 })
  for (let round = 0; round < 5; round++) {
    await producer.begin()
    await producer.send(topic, 0, numbered(`kept${round}-`, 0, 10))
    await producer.commit()
    await producer.begin()
    await producer.send(topic, 0, numbered(`aborted${round}-`, 0, 10))
    await producer.abort()
  }
  const open = await java.producer('open', 'lz4', { id: 'open', timeoutMs: 300_000 })
  await open.begin()
  await open.send(topic, 0, numbered('open-', 0, 10))
  const plain = await java.producer('plain')
  // Behind the open transaction: not stable, so nobody who reads committed records sees them.
  await plain.send(topic, 0, ['behind'])
  await plain.send(topic, 1, numbered('plain-', 0, 3))

  const fixture = new StreamFixture()
  const stream = streamOn(engine.kafka.bootstrap, fixture.handlers, { topicPattern: '^tx-1$' })
  stream.start()
  try {
    const kept = [0, 1, 2, 3, 4].flatMap((round) => numbered(`kept${round}-`, 0, 10))
    const valuesOf = (partition: number) =>
      fixture.received
        .filter((line) => line.startsWith(`${topic}/${partition}@`))
        .map((line) => line.slice(line.indexOf(' ') + 1))
    await vi.waitFor(() => expect(fixture.received).toHaveLength(53), within(20_000))
    // The other partition goes on.
    await plain.send(topic, 1, ['later'])
    await vi.waitFor(() => expect(fixture.received).toHaveLength(54), within(20_000))
    expect([valuesOf(0), valuesOf(1)]).toEqual([kept, [...numbered('plain-', 0, 3), 'later']])
    await open.abort()
    await vi.waitFor(() => expect(valuesOf(0)).toEqual([...kept, 'behind']), within(20_000))
    await open.begin()
    await open.send(topic, 0, numbered('second-', 0, 5))
    await open.commit()
    await vi.waitFor(
      () => expect(valuesOf(0)).toEqual([...kept, 'behind', ...numbered('second-', 0, 5)]),
      within(20_000),
    )
  } finally {
    await stream.stop()
  }
  expect([fixture.gaps, fixture.unreadable]).toEqual([[], []])
})

test('a restart behind aborted transactions continues there, and reports no loss', async () => {
  const topic = 'tx-2'
  await engine.kafka.createTopic(topic)
  const producer = await java.producer('again', 'zstd', { id: 'again', timeoutMs: 300_000 })
  const fixture = new StreamFixture()
  const read = async (count: number) => {
    const stream = streamOn(engine.kafka.bootstrap, fixture.handlers, { topicPattern: '^tx-2$' })
    stream.start()
    await vi.waitFor(() => expect(fixture.received).toHaveLength(count), within(20_000))
    await stream.stop()
  }
  for (let round = 0; round < 3; round++) {
    await producer.begin()
    await producer.send(topic, 0, numbered(`kept${round}-`, 0, 5))
    await producer.commit()
    await producer.begin()
    await producer.send(topic, 0, numbered('aborted-', 0, 5))
    await producer.abort()
    await read((round + 1) * 5)
  }
  expect(fixture.values(topic)).toEqual([0, 1, 2].flatMap((round) => numbered(`kept${round}-`, 0, 5)))
  expect([fixture.gaps, fixture.unreadable]).toEqual([[], []])
})

test('with transactions that commit, abort and hang, and then idle, the console is live without lag within 20 s', async () => {
  const topic = 'metrics-tx'
  await engine.kafka.createTopic(topic, 2)
  const message = (node: string, value: number) =>
    `{"node_id": "${node}", "node_name": "T", "timestamp": "${new Date().toISOString()}", "metrics": {"cpu_usage": ${value}}}`
  const producer = await java.producer('fleet', 'snappy', { id: 'fleet', timeoutMs: 300_000 })
  const { supervisor } = engine.startThread('tx', { topicPattern: '^metrics-tx$' })
  const health = () => supervisor.call('health.report', {})
  const stored = async () => (await supervisor.call('counters.get', {})).messagesByTopic[topic] ?? 0
  const live = { health: { kind: 'live' }, lagMessages: 0, rejected: 0, gaps: 0 }
  for (let round = 0; round < 5; round++) {
    await producer.begin()
    await producer.send(topic, 0, [message('tx-0', round)])
    await producer.send(topic, 1, [message('tx-1', round)])
    await producer.commit()
    await producer.begin()
    await producer.send(topic, 0, [message('tx-0', 90 + round)])
    await producer.abort()
  }
  await expect.poll(stored, within(20_000)).toBe(10)
  await expect.poll(health, within(20_000)).toMatchObject(live)

  const open = await java.producer('hanging', 'none', { id: 'hanging', timeoutMs: 300_000 })
  await open.begin()
  await open.send(topic, 0, [message('tx-0', 99)])
  const plain = await java.producer('others')
  for (let n = 5; n < 10; n++) await plain.send(topic, 1, [message('tx-1', n)])
  await expect.poll(stored, within(20_000)).toBe(15)
  await expect.poll(health, within(20_000)).toMatchObject(live)
  const { directory, frame } = await supervisor.call('live.snapshot', {})
  const table = new LiveTable()
  table.reset(directory, frame)
  const newest = directory.nodes.map(({ id }, node) => [id, table.value(node, 0)])
  expect(newest.toSorted()).toEqual([
    ['tx-0', 4],
    ['tx-1', 9],
  ])
})
