import { createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import packageOfKafkajs from 'kafkajs/package.json' with { type: 'json' }
import { internalCluster, sendRaw, stopIdleChecks } from './kafka-internals.ts'

/** Answers every request with its own bytes, after correlation id and client id were checked off. */
let server: Server
let port = 0
/** Requests get no answer. */
let isSilent = false
/** Requests as they came: API key, version, and the body after the client id. */
const requests: Array<{ readonly apiKey: number; readonly apiVersion: number; readonly body: Buffer }> = []

const apiVersionsKey = 18

beforeAll(async () => {
  server = createServer((socket) =>
    socket.on('data', (data: Buffer) => {
      if (isSilent) return
      const [apiKey, apiVersion] = [data.readInt16BE(4), data.readInt16BE(6)]
      const body = data.subarray(14 + data.readInt16BE(12))
      requests.push({ apiKey, apiVersion, body })
      const answer = apiKey === apiVersionsKey ? apiVersionsAnswer() : Buffer.from('the answer')
      const head = Buffer.alloc(8)
      head.writeInt32BE(4 + answer.length, 0)
      head.writeInt32BE(data.readInt32BE(8), 4)
      socket.write(Buffer.concat([head, answer]))
    }),
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(() => server.close())

/** No error, no throttling, and one API: Fetch from version 4 to 18. */
function apiVersionsAnswer(): Buffer {
  const bytes = Buffer.alloc(2 + 4 + 6 + 4)
  bytes.writeInt32BE(1, 2)
  bytes.writeInt16BE(1, 6)
  bytes.writeInt16BE(4, 8)
  bytes.writeInt16BE(18, 10)
  return bytes
}

const aFetch = { apiKey: 1, apiVersion: 11, apiName: 'Fetch', body: Buffer.alloc(4) } as const

const aKafka = () =>
  new Kafka({ brokers: [`127.0.0.1:${port}`], clientId: 'test', logLevel: logLevel.NOTHING, retry: { retries: 0 } })

test('the contract holds for the version that is installed', () => {
  expect(packageOfKafkajs.version).toBe('2.2.4')
})

test('a cluster connects to a broker, knows its versions, and sends bytes over a connection of their own', async () => {
  const cluster = internalCluster(aKafka())
  expect(cluster.brokerPool.seedBroker).toBeUndefined()
  await cluster.connect()
  const broker = cluster.brokerPool.seedBroker
  expect(broker?.isConnected()).toBe(true)
  expect(broker?.versions?.[1]).toEqual({ minVersion: 4, maxVersion: 18 })
  expect(broker?.connectionPool).toMatchObject({ host: '127.0.0.1', port })
  requests.length = 0
  const answer = await sendRaw(broker as NonNullable<typeof broker>, {
    apiKey: 1,
    apiVersion: 11,
    apiName: 'Fetch',
    body: Buffer.from('the request'),
  })
  expect(requests.map(({ apiKey, apiVersion, body }) => [apiKey, apiVersion, body.toString()])).toEqual([
    [1, 11, 'the request'],
  ])
  expect(answer.toString()).toBe('the answer')
  await broker?.disconnect()
  expect(broker?.isConnected()).toBe(false)
})

test('a broker at another address is built from the same settings', async () => {
  const cluster = internalCluster(aKafka())
  await cluster.connect()
  const { brokerPool, connectionPoolBuilder } = cluster
  const connectionPool = await connectionPoolBuilder.build({ host: '127.0.0.1', port })
  const { rootLogger: logger } = brokerPool
  const versions = brokerPool.seedBroker?.versions ?? null
  const broker = brokerPool.createBroker({ logger, versions, connectionPool, nodeId: 7 })
  expect(broker.isConnected()).toBe(false)
  await broker.connect()
  expect(broker.isConnected()).toBe(true)
  await Promise.all([broker.disconnect(), brokerPool.seedBroker?.disconnect()])
})

test('a broker that closes the connection rejects the requests on their way', async () => {
  const cluster = internalCluster(aKafka())
  await cluster.connect()
  const broker = cluster.brokerPool.seedBroker as NonNullable<typeof cluster.brokerPool.seedBroker>
  server.once('connection', (socket) => socket.removeAllListeners('data').once('data', () => socket.destroy()))
  await expect(
    sendRaw(broker, { apiKey: 1, apiVersion: 11, apiName: 'Fetch', body: Buffer.alloc(4) }),
  ).rejects.toMatchObject({ name: 'KafkaJSConnectionClosedError' })
  await broker.disconnect()
})

test('a connection without a waiting request sets no timer after an answer', async () => {
  const kafka = aKafka()
  await stopIdleChecks(kafka)
  await stopIdleChecks(kafka)
  const cluster = internalCluster(kafka)
  await cluster.connect()
  const broker = cluster.brokerPool.seedBroker as NonNullable<typeof cluster.brokerPool.seedBroker>
  const timers = vi.spyOn(globalThis, 'setTimeout')
  await sendRaw(broker, aFetch)
  // those of connecting are limits in the future
  expect(timers.mock.calls.filter(([, ms = 0]) => ms <= 0)).toEqual([])
  timers.mockRestore()
  await broker.disconnect()
})

/** A broker of a client with these limits, whose connection is open. */
async function connectedBroker(requestTimeout: number) {
  const kafka = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING, requestTimeout })
  await stopIdleChecks(kafka)
  const cluster = internalCluster(kafka)
  await cluster.connect()
  return cluster.brokerPool.seedBroker as NonNullable<typeof cluster.brokerPool.seedBroker>
}

test('an idle connection has no timer that repeats', async () => {
  const intervals = vi.spyOn(globalThis, 'setInterval')
  const broker = await connectedBroker(8_000)
  await sendRaw(broker, aFetch)
  expect(intervals).not.toHaveBeenCalled()
  intervals.mockRestore()
  await broker.disconnect()
})

test('each request without an answer is rejected after its limit, also behind one that was answered', async () => {
  const broker = await connectedBroker(150)
  await sendRaw(broker, aFetch)
  isSilent = true
  const failures = await Promise.allSettled([sendRaw(broker, aFetch), sendRaw(broker, aFetch)])
  isSilent = false
  expect(failures).toMatchObject([
    { reason: { name: 'KafkaJSRequestTimeoutError' } },
    { reason: { name: 'KafkaJSRequestTimeoutError' } },
  ])
  await expect(sendRaw(broker, aFetch)).resolves.toBeDefined()
  await broker.disconnect()
})

test('a request that a broker held back is sent when the time is over', async () => {
  const kafka = aKafka()
  await stopIdleChecks(kafka)
  const cluster = internalCluster(kafka)
  await cluster.connect()
  const broker = cluster.brokerPool.seedBroker as NonNullable<typeof cluster.brokerPool.seedBroker>
  await sendRaw(broker, aFetch)
  broker.connectionPool.pool[1]?.requestQueue.maybeThrottle(20)
  const answers = Promise.all([sendRaw(broker, aFetch), sendRaw(broker, aFetch)])
  expect((await answers).map(String)).toEqual(['the answer', 'the answer'])
  await broker.disconnect()
})
