/** What the test of a connection says about the addresses that brokers advertise. */

import { mkdtempSync, rmSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestResult, TestStepId } from '#shared/settings/connection-test.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { type Kafka, startKafka } from '../../scripts/stack/servers/kafka-server.ts'
import { testConnection } from '../../src-kafka/connection-test/test-connection.ts'
import { StreamFixture } from '../contract/stream-fixture.ts'
import { quietClient, streamOn } from '../contract/stream-broker.ts'

/** Listeners of one broker: where it listens, and what it advertises. */
interface Ports {
  readonly plain: number
  readonly name: number
  readonly closed: number
  readonly gone: number
  readonly here: number
  readonly six: number
}

/** An address of this machine that other machines use. */
const ownAddress = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))

const dir = mkdtempSync(join(tmpdir(), 'remo-advertised-'))
let ports: Ports
let kafka: Kafka

beforeAll(async () => {
  const [plain = 0, name = 0, closed = 0, gone = 0, here = 0, six = 0, controllerPort = 0] = await Promise.all(
    Array.from({ length: 7 }, freePort),
  )
  ports = { plain, name, closed, gone, here, six }
  kafka = await startKafka({ dir, port: plain, controllerPort, properties: listenersOf(ports, controllerPort) })
  const client = quietClient(kafka.bootstrap)
  const admin = client.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'metrics-a' }], waitForLeaders: true })
  await admin.disconnect()
  const producer = client.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  await producer.send({ topic: 'metrics-a', messages: [{ value: 'a' }] })
  await producer.disconnect()
})
afterAll(async () => {
  await kafka.stop()
  rmSync(dir, { recursive: true, force: true })
})

function listenersOf({ plain, name, closed, gone, here, six }: Ports, controller: number): Record<string, string> {
  const six6 = hasIpv6 ? [`SIX://[::1]:${six}`] : []
  const listening = [`NAME://127.0.0.1:${name}`, `CLOSED://127.0.0.1:${closed}`, `HERE://0.0.0.0:${here}`, ...six6]
  const advertised = [
    `NAME://kafka-2.invalid:${name}`,
    `CLOSED://127.0.0.1:${gone}`,
    `HERE://localhost:${here}`,
    ...six6,
  ]
  const names = ['PLAINTEXT', 'CONTROLLER', 'NAME', 'CLOSED', 'HERE', 'SIX']
  return {
    listeners: [`PLAINTEXT://127.0.0.1:${plain}`, ...listening, `CONTROLLER://127.0.0.1:${controller}`].join(),
    'advertised.listeners': [`PLAINTEXT://127.0.0.1:${plain}`, ...advertised].join(),
    'listener.security.protocol.map': names.map((one) => `${one}:PLAINTEXT`).join(),
    'inter.broker.listener.name': 'PLAINTEXT',
  }
}

async function run(broker: string): Promise<TestResult> {
  const connection = { brokers: [broker], topicPattern: '^metrics-' }
  return testConnection({ connection, signal: new AbortController().signal, now: Date.now })
}

const textOf = ({ steps }: TestResult, id: TestStepId): string => steps.find((step) => step.id === id)?.text ?? ''
const failedOf = ({ steps }: TestResult): readonly string[] =>
  steps.filter(({ state }) => state === 'failed').map(({ id }) => id)

test('a name that this computer cannot resolve is named, with what to do', async () => {
  const result = await run(`127.0.0.1:${ports.name}`)
  expect(failedOf(result)).toEqual(['listeners'])
  expect(textOf(result, 'listeners')).toMatch(
    new RegExp(`^Broker 1 advertises kafka-2\\.invalid:${ports.name}, which this computer cannot resolve`),
  )
  expect(textOf(result, 'listeners')).toContain('add the name to your hosts file.')
  expect(textOf(result, 'topics')).toBe('Not tried.')
  expect(result.willNotWork).toBe('ReMo will read nothing, because it reaches no broker of the cluster.')
})

test('an address where nothing listens is named', async () => {
  const result = await run(`127.0.0.1:${ports.closed}`)
  expect(failedOf(result)).toEqual(['listeners'])
  expect(textOf(result, 'listeners')).toBe(
    `Broker 1 advertises 127.0.0.1:${ports.gone}, where nothing listens. Check that this broker runs, the network and the firewall, or ask for another listener (advertised.listeners).`,
  )
})

test.skipIf(ownAddress === undefined)('a broker elsewhere that advertises localhost is found out', async () => {
  const result = await run(`${ownAddress}:${ports.here}`)
  expect(textOf(result, 'listeners')).toBe(
    `Broker 1 advertises localhost:${ports.here}, which is this computer, not the broker. Set advertised.listeners on the broker to a name that other computers resolve.`,
  )
})

test('localhost on this computer is fine', async () => {
  const result = await run(`localhost:${ports.here}`)
  expect(textOf(result, 'listeners')).toBe(
    `The broker advertises localhost:${ports.here}, which this computer reaches.`,
  )
})

test.skipIf(!hasIpv6)('a broker with an IPv6 address is tested and read', async () => {
  const broker = `[::1]:${ports.six}`
  const result = await run(broker)
  expect(textOf(result, 'listeners')).toBe(`The broker advertises ${broker}, which this computer reaches.`)
  const fixture = new StreamFixture()
  const stream = streamOn(broker, fixture.handlers, { topicPattern: '^metrics-' })
  stream.start()
  await expect.poll(() => fixture.values('metrics-a')).toEqual(['a'])
  await stream.stop()
})
