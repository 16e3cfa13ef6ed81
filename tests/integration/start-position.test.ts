/** Where a new cache begins to read, on a real broker. */
import { expect, test } from 'vitest'
import { minuteMs } from '#shared/format/time-units.ts'
import type { StartAt } from '#shared/settings/start-at.ts'
import { quietClient } from '../contract/stream-broker.ts'
import { EngineFixture } from './engine-fixture.ts'
import type { DataThread } from './engine-thread.ts'

const within = { timeout: 40_000, interval: 50 }
/** A new console shows its nodes a few seconds after it is connected. */
const soon = { timeout: 12_000, interval: 50 }
const engine = EngineFixture.register()

function startThread(name: string, startAt: StartAt): DataThread {
  return engine.startThread(name, { topicPattern: `^metrics-${name}`, startAt })
}

/** Writes a record for each age, oldest first. `ageMinutes`: of its Kafka timestamp and its event time. */
async function write(topic: string, ageMinutes: readonly number[], partition = 0): Promise<void> {
  const producer = quietClient(engine.kafka.bootstrap).producer()
  await producer.connect()
  const messages = ageMinutes.map((minutes) => {
    const at = Date.now() - minutes * minuteMs
    const [timestamp, node] = [new Date(at).toISOString(), topic.replace('metrics-', '')]
    const metrics = { cpu_usage: minutes }
    return { partition, timestamp: String(at), value: JSON.stringify({ node_id: node, node_name: node, timestamp, metrics }) } // prettier-ignore
  })
  await producer.send({ topic, messages })
  await producer.disconnect()
}

const connected = ({ supervisor }: DataThread) =>
  expect.poll(async () => (await supervisor.call('counters.get', {})).connected, within).toBe(true)
const stored = async ({ supervisor }: DataThread) => (await supervisor.call('counters.get', {})).messagesByTopic
const health = ({ supervisor }: DataThread) => supervisor.call('health.report', {})
const gaps = ({ supervisor }: DataThread) => supervisor.call('gaps.list', { limit: 10 })

test.each([
  ['latest', { kind: 'latest' }, 1],
  ['minutes', { kind: 'minutes', minutes: 60 }, 3],
  ['beginning', { kind: 'beginning' }, 5],
] as const)(
  'a new cache that starts at %s is live with the next record, and misses nothing',
  async (name, startAt, n) => {
    const topic = `metrics-${name}`
    await engine.kafka.createTopic(topic)
    await write(topic, [180, 90, 45, 10])
    const thread = startThread(name, startAt)
    await connected(thread)
    await write(topic, [0])
    await expect.poll(() => health(thread), soon).toMatchObject({ health: { kind: 'live' }, lagMessages: 0, gaps: 0 })
    expect(await stored(thread)).toEqual({ [topic]: n })
    expect(await gaps(thread)).toEqual([])
  },
)

test('if nothing was written in the last minutes, reading begins at the end', async () => {
  await engine.kafka.createTopic('metrics-idle', 2)
  await write('metrics-idle', [180, 90])
  const thread = startThread('idle', { kind: 'minutes', minutes: 60 })
  await connected(thread)
  expect(await health(thread)).toMatchObject({ lagMessages: 0, gaps: 0, rejected: 0 })
  await write('metrics-idle', [0], 1)
  await expect.poll(() => health(thread), soon).toMatchObject({ health: { kind: 'live' }, gaps: 0 })
  expect(await stored(thread)).toEqual({ 'metrics-idle': 1 })
})

test('topics and partitions that appear after the first start are read from their beginning', async () => {
  await engine.kafka.createTopic('metrics-grow-1')
  await write('metrics-grow-1', [50])
  const first = startThread('grow', { kind: 'latest' })
  await connected(first)
  await first.stop()
  await engine.kafka.createTopic('metrics-grow-2')
  await write('metrics-grow-2', [50, 40])
  const { admin } = engine.kafka
  await admin.createPartitions({ topicPartitions: [{ topic: 'metrics-grow-1', count: 2 }] })
  await expect.poll(async () => (await admin.fetchTopicOffsets('metrics-grow-1')).length, within).toBe(2)
  await write('metrics-grow-1', [30], 1)
  const second = startThread('grow', { kind: 'latest' })
  await expect.poll(() => stored(second), within).toEqual({ 'metrics-grow-1': 1, 'metrics-grow-2': 2 })
  await engine.kafka.createTopic('metrics-grow-3')
  await write('metrics-grow-3', [20, 10, 5])
  await expect
    .poll(() => stored(second), within)
    .toEqual({ 'metrics-grow-1': 1, 'metrics-grow-2': 2, 'metrics-grow-3': 3 })
  expect(await gaps(second)).toEqual([])
})

test('a cache that has positions keeps them, whatever the start position', async () => {
  await engine.kafka.createTopic('metrics-known')
  await write('metrics-known', [180, 90])
  const first = startThread('known', { kind: 'beginning' })
  await expect.poll(() => stored(first), within).toEqual({ 'metrics-known': 2 })
  await first.stop()
  await write('metrics-known', [80, 70, 0])
  const second = startThread('known', { kind: 'latest' })
  await expect.poll(() => stored(second), within).toEqual({ 'metrics-known': 3 })
  await expect.poll(() => health(second), soon).toMatchObject({ health: { kind: 'live' }, gaps: 0 })
})

test('a start that is interrupted before the first record resumes where it began', async () => {
  await engine.kafka.createTopic('metrics-twice')
  await write('metrics-twice', [50])
  const first = startThread('twice', { kind: 'latest' })
  await connected(first)
  await first.stop()
  await write('metrics-twice', [40, 30])
  const second = startThread('twice', { kind: 'latest' })
  await expect.poll(() => stored(second), within).toEqual({ 'metrics-twice': 2 })
})

test('the topics of the backend are read from their beginning', async () => {
  await engine.kafka.createTopic('remo-rules')
  await engine.kafka.createTopic('metrics-team')
  await write('metrics-team', [50])
  await write('remo-rules', [50, 40])
  const thread = engine.startThread('team', {
    topicPattern: '^metrics-team',
    hasBackend: true,
    startAt: { kind: 'latest' },
  })
  // They are no rules, so they are counted and rejected.
  await expect.poll(() => stored(thread), within).toEqual({ 'remo-rules': 2 })
})
