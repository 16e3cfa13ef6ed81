import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { BrokerAddress } from '../wire/metadata.ts'
import { checkListeners } from './listeners-step.ts'
import { StepFailure } from './step-report.ts'

const notFound = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })

/** Broker 1 answers as Kafka does; names that end in `.internal` do not resolve. */
async function check(brokers: readonly BrokerAddress[], newestFetch = 18) {
  const connection = { brokers: ['127.0.0.1:1'], topicPattern: '.' }
  const context = {
    connection,
    addresses: [],
    signal: new AbortController().signal,
    now: () => 0,
    lookup: () => Promise.reject(notFound),
  }
  const address = { host: '127.0.0.1', port: 1 }
  const hello = { hasSasl: false, mechanisms: [], newest: new Map([[1, newestFetch]]) }
  return checkListeners(context, {
    metadata: () => Promise.resolve({ brokers, topics: [] }),
    greeted: [{ address, hello }],
    resolved: [{ ...address, ips: ['127.0.0.1'] }],
  }).catch((error: unknown) => {
    if (error instanceof StepFailure) return error.outcome
    throw error
  })
}

/** Answers ApiVersions with nothing, and SaslHandshake with ILLEGAL_SASL_STATE. */
async function plainBroker(): Promise<number> {
  const server = createServer((socket) =>
    socket.on('data', (request: Buffer) => {
      const isHandshake = request.readInt16BE(4) === 17
      const body = isHandshake ? Buffer.of(0, 34, 0, 0, 0, 0) : Buffer.alloc(6)
      const head = Buffer.alloc(8)
      head.writeInt32BE(4 + body.length, 0)
      head.writeInt32BE(request.readInt32BE(8), 4)
      socket.write(Buffer.concat([head, body]))
    }),
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

const internal = (nodeId: number): BrokerAddress => ({ nodeId, host: `kafka-${nodeId}.internal`, port: 9092 })

test('the first broker that is not reached is named, and how many others', async () => {
  const port = await plainBroker()
  const first = { nodeId: 1, host: '127.0.0.1', port }
  const advises =
    'Ask for a listener with a name that resolves here (advertised.listeners), or add the name to your hosts file.'
  const sentence = `Broker 2 advertises kafka-2.internal:9092, which this computer cannot resolve. ${advises}`
  expect(await check([first, internal(2)])).toEqual({
    text: sentence,
    willNotWork: 'ReMo will not read the partitions that broker 2 leads.',
  })
  expect(await check([first, internal(2), internal(3)])).toEqual({
    text: `${sentence} The same step fails for broker 3.`,
    willNotWork: 'ReMo will not read the partitions that brokers 2, 3 lead.',
  })
  expect(await check([2, 3, 4].map(internal))).toEqual({
    text: `${sentence} The same step fails for brokers 3, 4.`,
    willNotWork: 'ReMo will read nothing, because it reaches no broker of the cluster.',
  })
})

test('all brokers that are reached are listed', async () => {
  const brokers = await Promise.all(
    [1, 2].map(async (nodeId) => ({ nodeId, host: '127.0.0.1', port: await plainBroker() })),
  )
  const [one, two] = brokers.map(({ port }) => `127.0.0.1:${port}`)
  expect(await check(brokers)).toMatchObject({
    outcome: { state: 'ok', text: `2 brokers advertise ${one}, ${two}, which this computer reaches.` },
  })
})

test('a Kafka that is too old is named', async () => {
  expect(await check([], 10)).toMatchObject({
    text: '127.0.0.1:1 runs a Kafka older than 2.3, which ReMo cannot read. Upgrade the brokers.',
  })
})
