import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Stream } from '../../src-kafka/stream.ts'
import { numbered, startStreamBroker, type StreamBroker, streamOn } from '../contract/stream-broker.ts'
import { StreamFixture } from '../contract/stream-fixture.ts'

let kafka: StreamBroker
let stream: Stream | undefined
beforeAll(async () => {
  kafka = await startStreamBroker()
})
afterEach(() => stream?.stop())
afterAll(() => kafka.end())

const eventually = (assert: () => void, timeout = 20_000) => vi.waitFor(assert, { timeout, interval: 50 })

function startStream(fixture: StreamFixture, name: string): Stream {
  stream = streamOn(kafka.bootstrap, fixture.handlers, { topicPattern: `^${name}$` })
  stream.start()
  return stream
}

test('a broker restart loses and duplicates no record', async () => {
  await kafka.createTopic('stopped')
  await kafka.write('stopped', numbered('', 0, 100))
  const fixture = new StreamFixture()
  startStream(fixture, 'stopped')
  await eventually(() => expect(fixture.received).toHaveLength(100))
  const stoppedAt = Date.now()
  await kafka.broker.stop()
  await eventually(() => expect(fixture.status?.kind).toBe('disconnected'))
  expect(fixture.status).toMatchObject({ detail: expect.stringContaining(kafka.bootstrap) as string })
  expect(fixture.status?.kind === 'disconnected' && fixture.status.since).toBeGreaterThanOrEqual(stoppedAt)
  await kafka.broker.start()
  await kafka.write('stopped', numbered('', 100, 200))
  await eventually(() => expect(fixture.received).toHaveLength(200), 40_000)
  expect(fixture.values('stopped')).toEqual(numbered('', 0, 200))
  expect(fixture.status?.kind).toBe('connected')
  expect(fixture.gaps).toEqual([])
})

test('after each of two restarts within seconds, reading goes on as soon as the broker is back', async () => {
  await kafka.createTopic('twice')
  const fixture = new StreamFixture()
  startStream(fixture, 'twice')
  await eventually(() => expect(fixture.status?.kind).toBe('connected'))
  for (const value of ['a', 'b']) {
    await kafka.broker.stop()
    await eventually(() => expect(fixture.status?.kind).toBe('disconnected'))
    await kafka.broker.start()
    await kafka.write('twice', [value])
    await eventually(() => expect(fixture.values('twice').at(-1)).toBe(value), 10_000)
  }
  expect(fixture.values('twice')).toEqual(['a', 'b'])
})

test('a frozen broker counts as lost within 15 s although its sockets stay open, and reading resumes when it thaws', async () => {
  await kafka.createTopic('frozen')
  await kafka.write('frozen', numbered('', 0, 10))
  const fixture = new StreamFixture()
  startStream(fixture, 'frozen')
  await eventually(() => expect(fixture.received).toHaveLength(10))
  const frozenAt = Date.now()
  kafka.broker.pause()
  try {
    await eventually(() => expect(fixture.status?.kind).toBe('disconnected'), 15_000)
    const status = fixture.status
    expect(status?.kind === 'disconnected' && status.since - frozenAt).toBeLessThan(5_000)
    expect(status).toMatchObject({
      detail: `Kafka at ${kafka.bootstrap} does not answer. Check the brokers and the network.`,
    })
  } finally {
    kafka.broker.resume()
  }
  stream?.retryNow()
  await kafka.write('frozen', numbered('', 10, 20))
  await eventually(() => expect(fixture.received).toHaveLength(20), 40_000)
  expect(fixture.values('frozen')).toEqual(numbered('', 0, 20))
})

test('started without Kafka it reports the reason, and connects automatically when Kafka starts', async () => {
  await kafka.createTopic('later')
  await kafka.write('later', ['a'])
  await kafka.broker.stop()
  const fixture = new StreamFixture()
  startStream(fixture, 'later')
  expect(fixture.status).toMatchObject({ kind: 'connecting' })
  await eventually(() => expect(fixture.status?.kind).toBe('disconnected'))
  expect(fixture.status).toMatchObject({
    detail: `Nothing is listening on ${kafka.bootstrap}. Check that Kafka is running and the address is right.`,
    retryAt: expect.any(Number) as number,
  })
  await kafka.broker.start()
  await eventually(() => expect(fixture.values('later')).toEqual(['a']), 40_000)
  expect(fixture.status).toMatchObject({ kind: 'connected', topics: 1, partitions: 1 })
})

test('stopping without Kafka takes no time', async () => {
  const fixture = new StreamFixture()
  const lonely = streamOn('127.0.0.1:1', fixture.handlers, { topicPattern: '.' })
  lonely.start()
  const at = Date.now()
  await lonely.stop()
  expect(Date.now() - at).toBeLessThan(4_000)
  expect(fixture.status).toEqual({ kind: 'stopped' })
})
