/** The test of a connection, against a real broker and against servers that are none. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { type AclEntry, AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { ConnectionToTest, TestResult, TestStep, TestStepId } from '#shared/settings/connection-test.ts'
import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { testConnection } from '../../src-kafka/connection-test/test-connection.ts'
import { quietClient } from '../contract/stream-broker.ts'
import { makeOddCertificates, type OddCertificates, type ServerPair } from '../support/odd-certificates.ts'
import { oddPassword, type SecureBroker, startSecureBroker } from '../support/secure-broker.ts'

const user = { username: 'on=call, 1', password: oddPassword }
const noReader = { username: 'no-reader', password: 'x-secret' }
const noSeer = { username: 'no seer', password: 'x-secret' }
const noMember = { username: 'no-member', password: 'x-secret' }

let kafka: SecureBroker
let odd: OddCertificates

beforeAll(async () => {
  kafka = await startSecureBroker()
  odd = await makeOddCertificates(join(kafka.certificates.ca, '..'), kafka.certificates)
  for (const one of [user, noReader, noSeer, noMember]) await kafka.putUser(one)
  const client = quietClient(kafka.broker.bootstrap)
  const admin = client.admin()
  await admin.connect()
  const topics = ['metrics-a', 'metrics-b', 'orders', 'empty-1', 'words-1', 'remo-rules', 'remo-alerts']
  await admin.createTopics({ topics: topics.map((topic) => ({ topic })), waitForLeaders: true })
  const metrics = { resourceType: AclResourceTypes.TOPIC, resourceName: 'metrics-' }
  const groups = { resourceType: AclResourceTypes.GROUP, resourceName: 'remo-' }
  await admin.createAcls({
    acl: [
      ...except('no-reader', AclOperationTypes.READ, metrics),
      ...except('no seer', AclOperationTypes.ALL, metrics),
      ...except('no-member', AclOperationTypes.ALL, groups),
    ],
  })
  await admin.disconnect()
  const producer = client.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  const message = { node_id: 'node-1', node_name: 'Server-Alpha', timestamp: new Date().toISOString() }
  const value = JSON.stringify({ ...message, metrics: { cpu_usage: 71, memory_usage: 48 } })
  await producer.send({ topic: 'metrics-a', messages: [{ value: 'old' }, { value }] })
  await producer.send({ topic: 'words-1', messages: [{ value: 'hello' }] })
  await producer.disconnect()
})
afterAll(() => kafka.end())

type Resource = Pick<AclEntry, 'resourceType' | 'resourceName'>

/** Every user may do everything with it, except one user this operation. */
function except(name: string, operation: AclOperationTypes, resource: Resource): AclEntry[] {
  const on = { ...resource, resourcePatternType: ResourcePatternTypes.PREFIXED, host: '*' }
  return [
    { ...on, principal: 'User:*', operation: AclOperationTypes.ALL, permissionType: AclPermissionTypes.ALLOW },
    { ...on, principal: `User:${name}`, operation, permissionType: AclPermissionTypes.DENY },
  ]
}

const pem = (path: string): string => readFileSync(path, 'utf8')
const tls = (more: Partial<NonNullable<KafkaSecurity['ssl']>> = {}): KafkaSecurity => ({
  ssl: { ca: [pem(kafka.certificates.ca)], ...more },
})
const scram = ({ username, password } = user): NonNullable<KafkaSecurity['sasl']> => ({
  mechanism: 'scram-sha-512',
  username,
  password,
})
const login = (by = user): KafkaSecurity => ({ ...tls(), sasl: scram(by) })

interface Tested {
  readonly result: TestResult
  readonly events: readonly TestStep[]
  readonly step: (id: TestStepId) => TestStep
}

async function run(
  brokers: string | readonly string[],
  security?: KafkaSecurity,
  more: Partial<ConnectionToTest> = {},
): Promise<Tested> {
  const connection: ConnectionToTest = {
    brokers: typeof brokers === 'string' ? [brokers] : brokers,
    topicPattern: '^metrics-',
    ...(security === undefined ? {} : { security }),
    ...more,
  }
  const events: TestStep[] = []
  const signal = new AbortController().signal
  const result = await testConnection({ connection, signal, now: Date.now }, (step) => events.push(step))
  const step = (id: TestStepId): TestStep => {
    const found = result.steps.find((one) => one.id === id)
    if (!found) throw new Error(`no step ${id}`)
    return found
  }
  return { result, events, step }
}

/** The state of each step, in order. */
const states = ({ result }: Tested): string => result.steps.map(({ id, state }) => `${id} ${state}`).join(', ')

/** The one step that failed, with its sentence. */
function failure(tested: Tested): readonly [TestStepId, string] {
  const failed = tested.result.steps.filter(({ state }) => state === 'failed')
  expect(tested.result.state).toBe('failed')
  expect(failed).toHaveLength(1)
  const after = tested.result.steps.slice(tested.result.steps.findIndex(({ state }) => state === 'failed') + 1)
  expect(after.filter(({ state }) => state !== 'not-tried')).toEqual([])
  expect(tested.result.willNotWork).toMatch(/^ReMo will /)
  return [failed[0]?.id ?? 'names', failed[0]?.text ?? '']
}

describe('a connection that works', () => {
  test('with SASL over TLS: each step begins, ends and says what it found', async () => {
    const tested = await run(kafka.at.login, login())
    expect(states(tested)).toBe(
      'names ok, tcp ok, tls warning, sasl ok, listeners ok, topics ok, rights ok, messages ok',
    )
    const { step, events, result } = tested
    expect(step('names').text).toMatch(/^localhost is (127\.0\.0\.1|::1)/)
    expect(step('tcp').text).toBe(`${kafka.at.login} accepts connections.`)
    // The certificates of the tests live for two days.
    expect(step('tls')).toMatchObject({
      title: 'TLS 1.3',
      text: 'server, signed by ca, 1 day left. Renew it on the broker.',
      certificates: [{ subject: 'server', issuer: 'ca' }],
    })
    expect(step('sasl')).toMatchObject({
      title: 'SASL SCRAM-SHA-512',
      text: `Signed in as ${user.username}.`,
      mechanisms: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'],
    })
    expect(step('listeners').text).toBe(`The broker advertises ${kafka.at.login}, which this computer reaches.`)
    expect(step('topics')).toMatchObject({
      text: '2 of 7 topics match ^metrics-: metrics-a, metrics-b.',
      topics: ['metrics-a', 'metrics-b'],
    })
    expect(step('rights').text).toBe('Read and Describe on all 2 topics. Rights on consumer groups are not needed.')
    expect(step('messages').text).toMatch(
      /^metrics-a: Server-Alpha \(node-1\) with 2 metrics \(cpu_usage, memory_usage\), \d+\ss ago\.$/,
    )
    expect(step('messages').messages?.map(({ topic, kind }) => `${topic} ${kind}`)).toEqual([
      'metrics-a metrics',
      'metrics-b none',
    ])
    expect(events.map(({ id, state }) => `${id} ${state}`)).toEqual(
      result.steps.flatMap(({ id, state }) => [`${id} running`, `${id} ${state}`]),
    )
    for (const { ms } of result.steps) expect(ms).toBeGreaterThanOrEqual(0)
    expect(result.willNotWork).toBeUndefined()
  })

  test('without TLS and SASL: both steps say that they are not used', async () => {
    const tested = await run(kafka.broker.bootstrap)
    expect(states(tested)).toBe(
      'names ok, tcp ok, tls not-tried, sasl not-tried, listeners ok, topics ok, rights ok, messages ok',
    )
    expect(tested.step('tls').text).toBe('This connection does not use TLS.')
    expect(tested.step('sasl').text).toBe('This connection does not use SASL.')
  })

  test('with a client certificate', async () => {
    const { clientCert, clientKey } = kafka.certificates
    const tested = await run(kafka.at.mutual, tls({ cert: pem(clientCert), key: pem(clientKey) }))
    expect(tested.step('messages').state).toBe('ok')
  })

  test('with some brokers that do not answer: the others are enough', async () => {
    const closed = `127.0.0.1:${await freePort()}`
    const tested = await run([closed, kafka.broker.bootstrap, 'kafka-9.invalid:9092'])
    expect(tested.step('names')).toMatchObject({
      state: 'warning',
      text: expect.stringMatching(
        /^This computer cannot resolve kafka-9\.invalid.* ReMo connects through the 2 others\.$/,
      ),
    })
    expect(tested.step('tcp')).toMatchObject({
      state: 'warning',
      text: `Nothing listens on ${closed}. Check the port, and that Kafka is running. ReMo connects through the 1 other.`,
    })
    expect(tested.step('messages').state).toBe('ok')
  })

  test('without rights on groups: it is told that ReMo needs none', async () => {
    const tested = await run(kafka.at.login, login(noMember))
    expect(tested.step('rights')).toMatchObject({
      state: 'ok',
      text: 'Read and Describe on all 2 topics. This login has no rights on consumer groups, and ReMo needs none.',
    })
  })

  test('with a backend: the topics of the team count too', async () => {
    const tested = await run(kafka.at.login, login(), { team: '' })
    expect(tested.step('rights').text).toMatch(/^Read and Describe on all 4 topics\./)
    expect(tested.step('messages').messages?.map(({ topic }) => topic)).toContain('remo-rules')
    const other = await run(kafka.at.login, login(), { team: 'blue' })
    expect(other.step('topics')).toMatchObject({
      state: 'warning',
      text: expect.stringContaining("The backend's topics remo-blue-rules and remo-blue-alerts cannot be seen"),
    })
    expect(other.result.willNotWork).toBe('ReMo will not receive the thresholds and alerts of the team.')
  })

  test('without verification: it is a warning, and says what is wrong with the certificate', async () => {
    const tested = await run(kafka.at.tls, { ssl: { ca: [pem(kafka.certificates.untrustedCa)], verify: false } })
    expect(tested.step('tls')).toMatchObject({
      state: 'warning',
      text: `Certificates are not verified, so anyone in between could read and change everything. The certificate of ${kafka.at.tls} is signed by ca, which is not in the CA certificate. Use the certificate of the CA that signed it.`,
      certificates: [{ subject: 'server' }],
    })
    expect(tested.step('messages').state).toBe('ok')
  })
})

/** A server with TLS that is no broker. */
async function tlsServer({ cert, key }: ServerPair): Promise<string> {
  const server = createTlsServer({ cert: pem(cert), key: pem(key) })
  server.on('tlsClientError', () => undefined)
  return `localhost:${await listening(server)}`
}

async function listening(server: ReturnType<typeof createTcpServer>): Promise<number> {
  server.listen(0, 'localhost')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

describe('each failing step has its sentence', () => {
  test('names: no broker resolves', async () => {
    const [id, text] = failure(await run(['kafka-1.invalid:9092', 'kafka-2.invalid:9092']))
    expect(id).toBe('names')
    expect(text).toMatch(/^This computer cannot resolve kafka-1\.invalid.* Not usable either: kafka-2\.invalid:9092\.$/)
  })

  test('tcp: nothing listens', async () => {
    const at = `127.0.0.1:${await freePort()}`
    expect(failure(await run(at))).toEqual([
      'tcp',
      `Nothing listens on ${at}. Check the port, and that Kafka is running.`,
    ])
  })

  test('tcp: a web server', async () => {
    const server = createHttpServer((_, response) => response.end('hello'))
    const at = `localhost:${await listening(server)}`
    expect(failure(await run(at))).toEqual([
      'tcp',
      `${at} is a web server, not a Kafka broker. Check the address and the port.`,
    ])
    expect(failure(await run(at, tls()))).toEqual(['tls', `${at} is a web server, not a Kafka broker. Check the port.`])
  })

  test('tcp: a server that answers with something else, and one that never answers', async () => {
    const talks = createTcpServer(
      (socket) => void socket.on('error', () => undefined).write('220 mail.example ESMTP\r\n'),
    )
    const at = `localhost:${await listening(talks)}`
    const silent = createTcpServer((socket) => void socket.on('error', () => undefined))
    const quiet = `localhost:${await listening(silent)}`
    const sentence = (address: string): string =>
      `${address} accepts connections, but does not answer as Kafka does. Check the address and the port.`
    expect(await Promise.all([at, quiet].map(async (one) => failure(await run(one))))).toEqual([
      ['tcp', sentence(at)],
      ['tcp', sentence(quiet)],
    ])
  })

  test('tls: the broker expects it', async () => {
    expect(failure(await run(kafka.at.tls))).toEqual([
      'tls',
      `${kafka.at.tls} uses TLS, and this connection does not. Choose the security protocol SSL.`,
    ])
    expect(failure(await run(kafka.at.login, { sasl: scram() }))).toEqual([
      'tls',
      `${kafka.at.login} uses TLS, and this connection does not. Choose the security protocol SASL_SSL.`,
    ])
  })

  test('tls: the broker does not have it', async () => {
    const { bootstrap } = kafka.broker
    expect(failure(await run(bootstrap, tls()))).toEqual([
      'tls',
      `${bootstrap} does not use TLS. Choose its port with TLS, or the security protocol PLAINTEXT.`,
    ])
    expect(failure(await run(kafka.at.open, login()))).toEqual([
      'tls',
      `${kafka.at.open} does not use TLS. Choose its port with TLS, or the security protocol SASL_PLAINTEXT.`,
    ])
  })

  test('tls: an unknown authority', async () => {
    const at = kafka.at.tls
    expect(failure(await run(at, { ssl: {} }))).toEqual([
      'tls',
      `The certificate of ${at} is signed by ca, which this computer does not know. Set the CA certificate.`,
    ])
    const tested = await run(at, { ssl: { ca: [pem(kafka.certificates.untrustedCa)] } })
    expect(failure(tested)).toEqual([
      'tls',
      `The certificate of ${at} is signed by ca, which is not in the CA certificate. Use the certificate of the CA that signed it.`,
    ])
    expect(tested.step('tls').certificates).toMatchObject([{ subject: 'server', issuer: 'ca' }])
  })

  test('tls: several CAs may be given', async () => {
    const ca = [pem(kafka.certificates.untrustedCa), pem(kafka.certificates.ca)]
    expect((await run(kafka.at.tls, { ssl: { ca } })).step('messages').state).toBe('ok')
    expect((await run(kafka.at.tls, { ssl: { ca: [ca.join('')] } })).step('messages').state).toBe('ok')
  })

  test('tls: a self-signed certificate, an expired one, one that is not valid yet, one of another host', async () => {
    const of = async (pair: ServerPair, ssl = tls()): Promise<string> => {
      const at = await tlsServer(pair)
      const [id, text] = failure(await run(at, ssl))
      expect(id).toBe('tls')
      return text.replaceAll(at, 'AT')
    }
    expect(await of(odd.selfSigned)).toBe(
      'The certificate of AT is self-signed (localhost). If you trust it, set it as the CA certificate.',
    )
    expect(await of(odd.expired)).toBe(
      `The certificate of AT expired on ${day(-10)}. Renew it on the broker, or check the clock of this computer.`,
    )
    expect(await of(odd.future)).toBe(
      `The certificate of AT is not valid before ${day(10)}. Check the clock of this computer and of the broker.`,
    )
    expect(await of(odd.elsewhere)).toBe(
      'The certificate of AT is for kafka.example.net, not for localhost. Use a name that is in the certificate.',
    )
    expect(await of(odd.selfSigned, { ssl: { ca: [pem(odd.selfSigned.cert)] } })).toBe(
      'AT uses TLS, but does not answer as Kafka does. Check the address and the port.',
    )
  })

  test('tls: the certificate has no name for an address', async () => {
    const at = kafka.at.tls.replace('localhost', '127.0.0.1')
    expect(failure(await run(at, tls()))).toEqual([
      'tls',
      `The certificate of ${at} is for localhost, not for 127.0.0.1. Use a name that is in the certificate.`,
    ])
  })

  test('tls: the client certificate', async () => {
    const { clientCert, clientKey, untrustedCa, untrustedKey } = kafka.certificates
    const at = kafka.at.mutual
    expect(failure(await run(at, tls()))).toEqual([
      'tls',
      `${at} requires a client certificate. Set the client certificate and its key.`,
    ])
    expect(failure(await run(at, tls({ cert: pem(untrustedCa), key: pem(untrustedKey) })))).toEqual([
      'tls',
      `${at} does not accept the client certificate. Use one that its CA has signed and that has not expired.`,
    ])
    expect(failure(await run(at, tls({ cert: pem(clientCert), key: pem(untrustedKey) })))).toEqual([
      'tls',
      'The client key does not belong to the client certificate. Use the key that it was made for.',
    ])
    expect(failure(await run(at, tls({ cert: pem(clientCert), key: 'no key' })))[1]).toMatch(
      /^The CA certificate, the client certificate or its key cannot be read: /,
    )
    expect(pem(clientKey)).toContain('PRIVATE KEY')
  })

  test('sasl: the broker requires a login, or has none', async () => {
    expect(failure(await run(kafka.at.login, tls()))).toEqual([
      'sasl',
      `${kafka.at.login} requires a login. Choose the security protocol SASL_SSL; it offers PLAIN, SCRAM-SHA-256, SCRAM-SHA-512.`,
    ])
    expect(failure(await run(kafka.at.open))).toEqual([
      'sasl',
      `${kafka.at.open} requires a login. Choose the security protocol SASL_PLAINTEXT; it offers SCRAM-SHA-512.`,
    ])
    expect(failure(await run(kafka.at.tls, login()))).toEqual([
      'sasl',
      `${kafka.at.tls} does not use SASL. Choose the security protocol SSL, or its port with SASL.`,
    ])
  })

  test('sasl: a wrong mechanism, with those that are offered', async () => {
    const tested = await run(kafka.at.open, { sasl: { ...kafka.plainUser, mechanism: 'plain' } })
    expect(failure(tested)).toEqual(['sasl', `${kafka.at.open} does not offer PLAIN. Choose SCRAM-SHA-512.`])
    expect(tested.step('sasl').mechanisms).toEqual(['SCRAM-SHA-512'])
  })

  test('sasl: a wrong password, an unknown user, and none', async () => {
    const at = kafka.at.login
    const hint = ' It also offers PLAIN, SCRAM-SHA-256, and a user may exist for one mechanism only.'
    expect(failure(await run(at, login({ ...user, password: 'wrong' })))).toEqual([
      'sasl',
      `${at} refused the user ${user.username} with this password. Check both.${hint}`,
    ])
    expect(failure(await run(at, login({ ...user, username: 'nobody' })))[1]).toBe(
      `${at} refused the user nobody with this password. Check both.${hint}`,
    )
    expect(failure(await run(at, login({ ...user, password: '' })))[1]).toBe(`Enter the password of ${user.username}.`)
    expect(failure(await run(at, login({ ...user, username: '' })))[1]).toBe('Enter the user that ReMo signs in as.')
    const plain = { ...tls(), sasl: { ...kafka.plainUser, mechanism: 'plain', password: 'wrong' } } as const
    expect(failure(await run(at, plain))[0]).toBe('sasl')
  })

  test('topics: none matches, with those that can be seen', async () => {
    const tested = await run(kafka.at.login, login(), { topicPattern: '^servers-' })
    expect(tested.step('topics')).toMatchObject({
      state: 'warning',
      text: 'No topic matches ^servers-. 7 topics can be seen: empty-1, metrics-a, metrics-b and 4 more. Change the pattern, or start a producer.',
    })
    expect(tested.result).toMatchObject({
      state: 'warning',
      willNotWork: 'ReMo will show no nodes until a topic matches.',
    })
  })

  test('rights: Read is missing, with the command that grants it', async () => {
    const tested = await run(kafka.at.login, login(noReader))
    const command = `kafka-acls.sh --bootstrap-server ${kafka.at.login} --add --allow-principal User:no-reader --operation Read --operation Describe --topic metrics- --resource-pattern-type prefixed`
    expect(failure(tested)).toEqual([
      'rights',
      `no-reader may not read metrics-a, metrics-b: Read is missing. Grant it with: ${command}`,
    ])
    expect(tested.step('rights').commands).toEqual([command])
    const one = await run(kafka.at.login, login(noReader), { topicPattern: 'rics-a$' })
    expect(one.step('rights').commands).toEqual([
      command.replace('metrics- --resource-pattern-type prefixed', 'metrics-a'),
    ])
  })

  test('rights: Describe is missing, so no topic is seen', async () => {
    const tested = await run(kafka.at.login, login(noSeer))
    expect(tested.step('topics')).toMatchObject({ state: 'warning' })
    expect(failure(tested)).toEqual([
      'rights',
      `no seer may not see topics metrics-…: Read and Describe are missing. Grant it with: kafka-acls.sh --bootstrap-server ${kafka.at.login} --add --allow-principal 'User:no seer' --operation Read --operation Describe --topic metrics- --resource-pattern-type prefixed`,
    ])
  })

  test('messages: none is of ReMo, or there is none', async () => {
    expect(failure(await run(kafka.at.login, login(), { topicPattern: '^words-' }))).toEqual([
      'messages',
      expect.stringMatching(
        /^The newest message of words-1 is none of ReMo \(value: expected JSON.*\)\. Change the topic pattern, or what the producer sends\.$/,
      ),
    ])
    const empty = await run(kafka.at.login, login(), { topicPattern: '^empty-' })
    expect(empty.step('messages')).toMatchObject({
      state: 'warning',
      text: 'No topic has a message with metrics yet.',
    })
    const mixed = await run(kafka.at.login, login(), { topicPattern: '^(metrics|words)-' })
    expect(mixed.step('messages')).toMatchObject({
      state: 'warning',
      text: expect.stringMatching(/Server-Alpha.* ReMo would skip others: The newest message of words-1/),
    })
  })
})

test('no step contains the password', async () => {
  for (const by of [user, { ...user, username: 'nobody' }]) {
    const { events, result } = await run(kafka.at.login, login(by))
    expect(JSON.stringify([events, result])).not.toContain(JSON.stringify(user.password).slice(1, -1))
  }
})

test('a test that is stopped ends at once', async () => {
  const silent = createTcpServer((socket) => void socket.on('error', () => undefined))
  const at = `127.0.0.1:${await listening(silent)}`
  const stop = new AbortController()
  const connection = { brokers: [at], topicPattern: '^metrics-' }
  const running = testConnection({ connection, signal: stop.signal, now: Date.now }, ({ id, state }) => {
    if (id === 'tcp' && state === 'running') stop.abort(new Error('stopped by the operator'))
  })
  await expect(running).rejects.toThrow('stopped by the operator')
})
