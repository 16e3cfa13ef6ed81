import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { StreamFixture } from '../contract/stream-fixture.ts'
import { numbered, streamOn } from '../contract/stream-broker.ts'
import type { Stream } from '../../src-kafka/stream.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { JavaClient, type JavaFlow } from '../support/java-client.ts'
import { type ClusterBroker, type KafkaCluster, startKafkaCluster } from '../support/kafka-cluster.ts'
import { Arrivals, quantile } from '../support/arrivals.ts'

// Each step has its own limit. A broker that starts takes long on a busy computer.
vi.setConfig({ testTimeout: 180_000 })

let cluster: KafkaCluster
let java: JavaClient
let stream: Stream | undefined
beforeAll(async () => {
  cluster = await startKafkaCluster()
  java = await JavaClient.start(cluster.bootstrap)
})
afterEach(() => stream?.stop())
afterAll(async () => {
  await java?.end()
  await cluster?.end()
})

const within = (timeout: number) => ({ timeout, interval: 50 })

function startStream(fixture: StreamFixture, topicPattern: string, bootstrap = cluster.bootstrap): void {
  stream = streamOn(bootstrap, fixture.handlers, { topicPattern })
  stream.start()
}

function brokerOf(id: number): ClusterBroker {
  const broker = cluster.brokers[id - 1]
  if (!broker) throw new Error(`no broker ${id}`)
  return broker
}

/** Three partitions, one led by each broker, and a producer that writes to them all the time. */
async function startFlow(topic: string): Promise<JavaFlow> {
  await cluster.createTopic(topic, 3)
  for (const partition of [0, 1, 2]) await java.lead(topic, partition, partition + 1)
  return java.flow({ topic, partitions: 3, perSecond: 300, value: '{seq}' })
}

/** Every record sent has arrived once, in order. */
async function expectAll(fixture: StreamFixture, topic: string, flow: JavaFlow): Promise<void> {
  const sent = await flow.halt()
  const total = sent.reduce((sum, count) => sum + count, 0)
  await vi.waitFor(() => expect(fixture.received.length).toBeGreaterThanOrEqual(total), within(30_000))
  const valuesOf = (partition: number) =>
    fixture.received
      .filter((line) => line.startsWith(`${topic}/${partition}@`))
      .map((line) => line.slice(line.indexOf(' ') + 1))
  sent.forEach((count, partition) => expect(valuesOf(partition)).toEqual(numbered('', 0, count)))
  expect([fixture.gaps, fixture.unreadable]).toEqual([[], []])
}

test('leaders that move under load, a stopped and a killed broker: no record is lost or doubled', async () => {
  const flow = await startFlow('moves')
  const fixture = new StreamFixture()
  const arrivals = new Arrivals(fixture)
  startStream(fixture, '^moves$')
  const goesOn = async () => arrivals.untilAfter('moves', await flow.sent(), 40_000)
  await goesOn()

  const stalls: number[] = []
  const during = async (change: () => Promise<unknown>) => {
    const since = Date.now()
    await change()
    await goesOn()
    stalls.push(...arrivals.stalls(since))
  }
  const restart = async (end: () => Promise<void>, broker: ClusterBroker) => {
    await during(end)
    await during(() => broker.start())
    await cluster.untilInSync('moves')
  }
  for (const round of [1, 2, 3]) {
    for (const partition of [0, 1, 2]) {
      await during(() => java.lead('moves', partition, ((partition + round) % 3) + 1))
    }
  }
  await restart(() => brokerOf(1).stop(), brokerOf(1))
  await java.lead('moves', 0, 1)
  await restart(() => brokerOf(2).kill(), brokerOf(2))
  await expectAll(fixture, 'moves', flow)
  const p95 = quantile(stalls, 0.95)
  process.stdout.write(
    `stall after a leader move: p50 ${quantile(stalls, 0.5)} ms, p95 ${p95} ms of ${stalls.length}\n`,
  )
  expect(p95).toBeLessThan(10_000)
})

test('a broker that comes back under another address is found there', async () => {
  const flow = await startFlow('moved')
  const fixture = new StreamFixture()
  const arrivals = new Arrivals(fixture)
  startStream(fixture, '^moved$')
  await arrivals.untilAfter('moved', await flow.sent(), 20_000)
  await brokerOf(3).stop()
  await brokerOf(3).start(await freePort())
  await cluster.untilInSync('moved')
  await java.lead('moved', 2, 3)
  await vi.waitFor(async () => expect(await cluster.leaders('moved')).toEqual([1, 2, 3]), within(20_000))
  await arrivals.untilAfter('moved', await flow.sent(), 30_000)
  await expectAll(fixture, 'moved', flow)
})

test('a half-open connection to one broker: the others are read, and it is read again when its link works', async () => {
  const flow = await startFlow('half-open')
  const fixture = new StreamFixture()
  const arrivals = new Arrivals(fixture)
  startStream(fixture, '^half-open$', cluster.linked)
  await arrivals.untilAfter('half-open', await flow.sent(), 30_000)
  brokerOf(2).link.set('dead')
  try {
    // Twenty seconds: requests of every kind to the dead link must have failed.
    const [first = 0, , third = 0] = await flow.sent()
    await arrivals.untilAfter('half-open', [first + 2_000, null, third + 2_000], 60_000)
  } finally {
    brokerOf(2).link.set('open')
  }
  await arrivals.untilAfter('half-open', await flow.sent(), 40_000)
  await expectAll(fixture, 'half-open', flow)
})

test('started while one broker does not answer, it reads from the others, and from that one when its link works', async () => {
  const flow = await startFlow('late')
  const fixture = new StreamFixture()
  const arrivals = new Arrivals(fixture)
  brokerOf(1).link.set('dead')
  try {
    startStream(fixture, '^late$', cluster.linked)
    const [, second = 0, third = 0] = await flow.sent()
    await arrivals.untilAfter('late', [null, second, third], 30_000)
  } finally {
    brokerOf(1).link.set('open')
  }
  await arrivals.untilAfter('late', await flow.sent(), 40_000)
  await expectAll(fixture, 'late', flow)
})

test('a frozen broker loses its leaderships, and reading goes on from the others', async () => {
  const flow = await startFlow('ice')
  const fixture = new StreamFixture()
  const arrivals = new Arrivals(fixture)
  startStream(fixture, '^ice$')
  await arrivals.untilAfter('ice', await flow.sent(), 20_000)
  brokerOf(3).pause()
  try {
    await arrivals.untilAfter('ice', await flow.sent(), 40_000)
  } finally {
    brokerOf(3).resume()
  }
  await cluster.untilInSync('ice')
  await java.lead('ice', 2, 3)
  await arrivals.untilAfter('ice', await flow.sent(), 30_000)
  await expectAll(fixture, 'ice', flow)
})

test('a topic created again on other brokers is read from its beginning, and added partitions are read', async () => {
  const { admin } = cluster
  const producer = await java.producer('again')
  await cluster.createTopic('again-1', 2)
  await cluster.createTopic('again-2', 1)
  await producer.send('again-1', 1, numbered('old', 0, 10))
  const fixture = new StreamFixture()
  startStream(fixture, '^again-')
  await vi.waitFor(() => expect(fixture.values('again-1')).toHaveLength(10), within(20_000))
  await admin.deleteTopics({ topics: ['again-1'] })
  await vi.waitFor(() => cluster.createTopic('again-1', 2), within(20_000))
  const fresh = await java.producer('fresh')
  await fresh.send('again-1', 1, numbered('new', 0, 20))
  await vi.waitFor(() => expect(fixture.values('again-1')).toHaveLength(30), within(40_000))
  expect(fixture.values('again-1')).toEqual([...numbered('old', 0, 10), ...numbered('new', 0, 20)])
  expect(fixture.gaps).toMatchObject([{ topic: 'again-1', partition: 1, from: 10, to: 10 }])

  await admin.createPartitions({ topicPartitions: [{ topic: 'again-2', count: 3 }] })
  await cluster.untilInSync('again-2')
  const more = await java.producer('more')
  for (const partition of [0, 1, 2]) await more.send('again-2', partition, [`p${partition}`])
  await vi.waitFor(() => expect(fixture.values('again-2').toSorted()).toEqual(['p0', 'p1', 'p2']), within(40_000))
  const complete = { kind: 'connected', topics: 2, partitions: 5 }
  await vi.waitFor(() => expect(fixture.status).toMatchObject(complete), within(40_000))
})
