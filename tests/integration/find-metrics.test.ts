/** The search for metrics on a real broker with TLS, SASL and ACLs, and what it leaves behind: nothing. */
import { readFileSync } from 'node:fs'
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, type Admin, ResourcePatternTypes } from 'kafkajs'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { FindProgress, FindResult, FoundTopic } from '#shared/ipc/source-calls.ts'
import type { ClientSettings } from '../../src-kafka/client/kafka-settings.ts'
import { findMetrics } from '../../src-main/topic-search/find-metrics.ts'
import { newestOfTopic } from '../../src-main/topic-search/newest-of-topic.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { quietClient, startStreamBroker } from '../contract/stream-broker.ts'
import { eventually } from '../support/field-producer.ts'
import { type SecureBroker, startSecureBroker } from '../support/secure-broker.ts'

const noReader = { username: 'no-reader', password: 'x-secret' }
const at = 1_795_863_870
const cpuOf = (host: string): string => `cpu,cpu=cpu-total,host=${host} usage_user=52.6,usage_idle=25.8 ${at}000000000`
const telegrafJson = (host: string): string =>
  JSON.stringify({ fields: { used_percent: 41.5 }, name: 'mem', tags: { host }, timestamp: at })
const press = {
  machine: { serial: 'PL-0417' },
  meta: { measuredAt: at * 1000 },
  readings: [
    { kind: 'oil_temp', v: 61.5 },
    { kind: 'vibration', v: 2.25 },
  ],
}
const order = JSON.stringify({ order_id: 881_234, customer: 'c-99', total: 12.5, currency: 'EUR' })

let kafka: SecureBroker
let admin: Admin

beforeAll(async () => {
  kafka = await startSecureBroker()
  await kafka.putUser(noReader)
  const client = quietClient(kafka.broker.bootstrap)
  admin = client.admin()
  await admin.connect()
  const wide = { topic: 'telegraf', numPartitions: 3 }
  const names = ['infra', 'orders', 'press-line', 'payments', 'empty', 'large', 'secret', 'aborted', 'metrics-node-1']
  const own = ['remo-rules', 'remo-alerts']
  await admin.createTopics({
    topics: [wide, ...[...names, ...own].map((topic) => ({ topic }))],
    waitForLeaders: true,
  })
  await admin.createAcls({
    acl: [
      { resourceName: '*', resourcePatternType: ResourcePatternTypes.LITERAL, principal: 'User:*', allow: true },
      {
        resourceName: 'secret',
        resourcePatternType: ResourcePatternTypes.LITERAL,
        principal: `User:${noReader.username}`,
        allow: false,
      },
    ].map(({ allow, ...on }) => ({
      ...on,
      resourceType: AclResourceTypes.TOPIC,
      host: '*',
      operation: allow ? AclOperationTypes.ALL : AclOperationTypes.READ,
      permissionType: allow ? AclPermissionTypes.ALLOW : AclPermissionTypes.DENY,
    })),
  })
  const producer = client.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  const send = (topic: string, values: ReadonlyArray<string | Buffer | null>, partition = 0, key = 'k') =>
    producer.send({ topic, messages: values.map((value) => ({ key, value, partition })) })
  for (const [partition, host] of ['web-01', 'web-02', 'web-03'].entries())
    await send(
      'telegraf',
      Array.from({ length: 20 }, () => cpuOf(host)),
      partition,
    )
  await send('infra', [telegrafJson('a'), telegrafJson('b'), cpuOf('c'), telegrafJson('a')])
  await send('orders', [order, order])
  await send('press-line', [JSON.stringify(press)])
  await send('payments', [Buffer.from([0, 0, 0, 4, 18, 12, 112, 97, 121])])
  await send('secret', [cpuOf('x')])
  await send('metrics-node-1', ['{}'])
  // A batch that is larger than what is asked for comes whole.
  await send('large', [`${cpuOf('big')},pad="${'x'.repeat(300_000)}"`.replace(` ${at}`, `,n=1 ${at}`), cpuOf('big')])
  await producer.disconnect()
  const transactional = client.producer({ transactionalId: 't', maxInFlightRequests: 1, idempotent: true })
  await transactional.connect()
  const kept = await transactional.transaction()
  await kept.send({ topic: 'aborted', messages: [{ value: cpuOf('kept') }] })
  await kept.commit()
  for (let i = 0; i < 8; i++) {
    const dropped = await transactional.transaction()
    await dropped.send({ topic: 'aborted', messages: [{ value: order }] })
    await dropped.abort()
  }
  await transactional.disconnect()
})
afterAll(async () => {
  await admin.disconnect()
  await kafka.end()
})

const plain = (): ClientSettings => ({ brokers: [kafka.broker.bootstrap], clientId: 'test' })
const never = new AbortController().signal

async function search(
  settings = plain(),
  { pattern = '^metrics-', signal = never }: { pattern?: string; signal?: AbortSignal } = {},
): Promise<FindResult & { steps: FindProgress[]; of: (topic: string) => FoundTopic | undefined }> {
  const steps: FindProgress[] = []
  const result = await findMetrics({
    settings,
    pattern,
    signal,
    now: Date.now,
    onProgress: (step) => steps.push(step),
  })
  return { ...result, steps, of: (topic) => result.topics.find((one) => one.topic === topic) }
}

test('topics are told apart by their last records', async () => {
  const { of, topics, read, left, isDone, steps } = await search()
  expect(of('telegraf')).toEqual({
    kind: 'metrics',
    topic: 'telegraf',
    formats: ['influx-line'],
    hosts: 3,
    metrics: 2,
    names: ['cpu'],
  })
  expect(of('infra')).toMatchObject({ kind: 'metrics', formats: ['telegraf-json', 'influx-line'], hosts: 3 })
  expect(of('press-line')).toMatchObject({ kind: 'may-be', numbers: 2, hasHost: false })
  expect(of('orders')).toEqual({
    kind: 'not',
    topic: 'orders',
    why: 'not-metrics',
    detail: expect.stringContaining('order_id') as unknown,
  })
  expect(of('payments')).toMatchObject({ kind: 'not', why: 'needs-schema-registry' })
  expect(of('empty')).toMatchObject({ kind: 'not', why: 'empty' })
  expect(of('large')).toMatchObject({ kind: 'metrics', hosts: 1 })
  // Behind markers and aborted records.
  expect(of('aborted')).toMatchObject({ kind: 'metrics', hosts: 1 })
  expect(of('secret')).toMatchObject({ kind: 'metrics' })
  // Of ReMo, of Kafka, and what is read already.
  expect(topics.filter(({ topic }) => /^(?:remo-|__|metrics-)/.test(topic))).toEqual([])
  expect([read, left, isDone]).toEqual([1, 0, true])
  expect(topics.map(({ kind }) => kind)).toEqual(
    topics.map(({ kind }) => kind).toSorted((a, b) => placeOf(a) - placeOf(b)),
  )
  expect(steps.at(-1)).toEqual({ looked: topics.length, of: topics.length })
})

function placeOf(kind: FoundTopic['kind']): number {
  return ['metrics', 'may-be', 'not'].indexOf(kind)
}

test('a topic whose last offsets are gone by compaction', async () => {
  const broker = await startStreamBroker({ 'log.cleaner.backoff.ms': '100' })
  onTestFinished(() => broker.end())
  const configEntries = Object.entries({
    'cleanup.policy': 'compact',
    'min.cleanable.dirty.ratio': '0.01',
    'segment.ms': '50',
    'max.compaction.lag.ms': '1',
  }).map(([name, value]) => ({ name, value }))
  await broker.admin.createTopics({ topics: [{ topic: 'states', configEntries }], waitForLeaders: true })
  const producer = quietClient(broker.bootstrap).producer({ allowAutoTopicCreation: false })
  await producer.connect()
  onTestFinished(() => producer.disconnect())
  const send = (key: string, value: string | null) => producer.send({ topic: 'states', messages: [{ key, value }] })
  await send('a', cpuOf('first'))
  for (let i = 0; i < 20; i++) await send('b', cpuOf('later'))
  const settings = { brokers: [broker.bootstrap], clientId: 'test' }
  await eventually(async () => {
    // Each one begins a segment, so that those before it can be compacted.
    await send('b', null)
    const asked = { settings, topic: 'states', limit: 5, signal: never, now: Date.now }
    const records = await newestOfTopic(asked)
    expect(records.map(({ value }) => atob(value))).toContain(cpuOf('first'))
    const { of } = await search(settings)
    expect(of('states')).toMatchObject({ kind: 'metrics', hosts: 1 })
  }, 30_000)
}, 60_000)

test('a topic that this user may not read says so, and the others are found', async () => {
  const security = {
    ssl: { ca: [readFileSync(kafka.certificates.ca, 'utf8')] },
    sasl: { mechanism: 'scram-sha-512' as const, ...noReader },
  }
  const settings = { brokers: [kafka.at.login], clientId: 'test', security }
  const { of } = await search(settings)
  expect(of('secret')).toEqual({ kind: 'not', topic: 'secret', why: 'not-authorized' })
  expect(of('telegraf')).toMatchObject({ kind: 'metrics', hosts: 3 })
  await expect(newestOfTopic({ settings, topic: 'secret', limit: 5, signal: never, now: Date.now })).rejects.toThrow(
    'This user may not read secret. Grant Read.',
  )
})

test('the last records of one topic, newest first, as they are in Kafka', async () => {
  const records = await newestOfTopic({ settings: plain(), topic: 'infra', limit: 2, signal: never, now: Date.now })
  expect(records.map(({ offset, key, value, isCut }) => [offset, key, atob(value), isCut])).toEqual([
    [3, btoa('k'), telegrafJson('a'), false],
    [2, btoa('k'), cpuOf('c'), false],
  ])
  const [large] = (
    await newestOfTopic({ settings: plain(), topic: 'large', limit: 2, signal: never, now: Date.now })
  ).slice(-1)
  expect([large?.isCut, atob(large?.value ?? '').length]).toEqual([true, 65_536])
  const none = { settings: plain(), topic: 'not-there', limit: 2, signal: never, now: Date.now }
  expect(await newestOfTopic(none)).toEqual([])
})

test('no consumer group, nothing committed, no topic created', async () => {
  const before = await admin.listTopics()
  await search()
  const { groups } = await admin.listGroups()
  expect(groups).toEqual([])
  expect((await admin.listTopics()).sort()).toEqual(before.sort())
})

test('a broker that nobody listens at is said in a sentence; a search that is stopped ends at once', async () => {
  const port = await freePort()
  await expect(search({ brokers: [`127.0.0.1:${port}`], clientId: 'test' })).rejects.toThrow()
  const stop = new AbortController()
  stop.abort(new Error('stopped'))
  await expect(search(plain(), { signal: stop.signal })).rejects.toThrow('stopped')
})

test('of 250 topics, 200 are looked at, those first whose names look like metrics', async () => {
  const topics = Array.from({ length: 250 }, (_, i) => ({ topic: `job-${String(i).padStart(3, '0')}` }))
  await admin.createTopics({ topics: [...topics, { topic: 'zz-monitoring' }], waitForLeaders: true, timeout: 30_000 })
  const { topics: found, left, isDone, ms, of } = await search()
  expect(found).toHaveLength(200)
  expect(left).toBe(250 + 1 + 9 - 200)
  expect(of('zz-monitoring')).toBeDefined()
  expect(of('telegraf')).toMatchObject({ kind: 'metrics' })
  expect(isDone).toBe(true)
  expect(ms).toBeLessThan(30_000)
}, 60_000)
