/** The test of a connection on a real broker with TLS, SASL and ACLs. */
import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { type AclEntry, AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { testConnection } from '../../src-kafka/connection-test/test-connection.ts'
import { quietClient } from '../contract/stream-broker.ts'
import { failure, states, testOf } from '../support/connection-test.ts'
import { oddPassword, type SecureBroker, startSecureBroker } from '../support/secure-broker.ts'

const user = { username: 'on=call, 1', password: oddPassword }
const noReader = { username: 'no-reader', password: 'x-secret' }
const noSeer = { username: 'no seer', password: 'x-secret' }
const noMember = { username: 'no-member', password: 'x-secret' }

let kafka: SecureBroker

beforeAll(async () => {
  kafka = await startSecureBroker()
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

describe('a connection that works', () => {
  test('with SASL over TLS: each step begins, ends and says what it found', async () => {
    const tested = await testOf(kafka.at.login, login())
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
    const tested = await testOf(kafka.broker.bootstrap)
    expect(states(tested)).toBe(
      'names ok, tcp ok, tls not-tried, sasl not-tried, listeners ok, topics ok, rights ok, messages ok',
    )
    expect(tested.step('tls').text).toBe('This connection does not use TLS.')
    expect(tested.step('sasl').text).toBe('This connection does not use SASL.')
  })

  test('with a client certificate', async () => {
    const { clientCert, clientKey } = kafka.certificates
    const tested = await testOf(kafka.at.mutual, tls({ cert: pem(clientCert), key: pem(clientKey) }))
    expect(tested.step('messages').state).toBe('ok')
  })

  test('with some brokers that do not answer: the others are enough', async () => {
    const closed = `127.0.0.1:${await freePort()}`
    const tested = await testOf([closed, kafka.broker.bootstrap, 'kafka-9.invalid:9092'])
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

  test('without rights on groups: the test says that ReMo needs none', async () => {
    const tested = await testOf(kafka.at.login, login(noMember))
    expect(tested.step('rights')).toMatchObject({
      state: 'ok',
      text: 'Read and Describe on all 2 topics. This login has no rights on consumer groups, and ReMo needs none.',
    })
  })

  test('with a backend: the topics of the team count too', async () => {
    const tested = await testOf(kafka.at.login, login(), { team: '' })
    expect(tested.step('rights').text).toMatch(/^Read and Describe on all 4 topics\./)
    expect(tested.step('messages').messages?.map(({ topic }) => topic)).toContain('remo-rules')
    const other = await testOf(kafka.at.login, login(), { team: 'blue' })
    expect(other.step('topics')).toMatchObject({
      state: 'warning',
      text: expect.stringContaining("The backend's topics remo-blue-rules and remo-blue-alerts cannot be seen"),
    })
    expect(other.result.willNotWork).toBe('ReMo will not receive the thresholds and alerts of the team.')
  })

  test('without verification: it is a warning, and says what is wrong with the certificate', async () => {
    const tested = await testOf(kafka.at.tls, { ssl: { ca: [pem(kafka.certificates.untrustedCa)], verify: false } })
    expect(tested.step('tls')).toMatchObject({
      state: 'warning',
      text: `Certificates are not verified, so anyone in between could read and change everything. The certificate of ${kafka.at.tls} is signed by ca, which is not in the CA certificate. Use the certificate of the CA that signed it.`,
      certificates: [{ subject: 'server' }],
    })
    expect(tested.step('messages').state).toBe('ok')
  })
})

describe('each failing step has its sentence', () => {
  test('topics: none matches, with those that can be seen', async () => {
    const tested = await testOf(kafka.at.login, login(), { topicPattern: '^servers-' })
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
    const tested = await testOf(kafka.at.login, login(noReader))
    const command = `kafka-acls.sh --bootstrap-server ${kafka.at.login} --add --allow-principal User:no-reader --operation Read --operation Describe --topic metrics- --resource-pattern-type prefixed`
    expect(failure(tested)).toEqual([
      'rights',
      `no-reader may not read metrics-a, metrics-b: Read is missing. Grant it with: ${command}`,
    ])
    expect(tested.step('rights').commands).toEqual([command])
    const one = await testOf(kafka.at.login, login(noReader), { topicPattern: 'rics-a$' })
    expect(one.step('rights').commands).toEqual([
      command.replace('metrics- --resource-pattern-type prefixed', 'metrics-a'),
    ])
  })

  test('rights: Describe is missing, so no topic is seen', async () => {
    const tested = await testOf(kafka.at.login, login(noSeer))
    expect(tested.step('topics')).toMatchObject({ state: 'warning' })
    expect(failure(tested)).toEqual([
      'rights',
      `no seer may not see topics metrics-…: Read and Describe are missing. Grant it with: kafka-acls.sh --bootstrap-server ${kafka.at.login} --add --allow-principal 'User:no seer' --operation Read --operation Describe --topic metrics- --resource-pattern-type prefixed`,
    ])
  })

  test('messages: none is of ReMo, or there is none', async () => {
    expect(failure(await testOf(kafka.at.login, login(), { topicPattern: '^words-' }))).toEqual([
      'messages',
      expect.stringMatching(
        /^The newest message of words-1 is none of ReMo \(value: expected JSON.*\)\. Change the topic pattern, or what the producer sends\.$/,
      ),
    ])
    const empty = await testOf(kafka.at.login, login(), { topicPattern: '^empty-' })
    expect(empty.step('messages')).toMatchObject({
      state: 'warning',
      text: 'No topic has a message with metrics yet.',
    })
    const mixed = await testOf(kafka.at.login, login(), { topicPattern: '^(metrics|words)-' })
    expect(mixed.step('messages')).toMatchObject({
      state: 'warning',
      text: expect.stringMatching(/Server-Alpha.* ReMo would skip others: The newest message of words-1/),
    })
  })
})

test('no step contains the password', async () => {
  for (const by of [user, { ...user, username: 'nobody' }]) {
    const { events, result } = await testOf(kafka.at.login, login(by))
    expect(JSON.stringify([events, result])).not.toContain(JSON.stringify(user.password).slice(1, -1))
  }
})

test('a test that is stopped ends at once', async () => {
  const silent = createTcpServer((socket) => void socket.on('error', () => undefined))
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(() => void silent.close())
  const at = `127.0.0.1:${(silent.address() as AddressInfo).port}`
  const stop = new AbortController()
  const connection = { brokers: [at], topicPattern: '^metrics-' }
  const running = testConnection({ connection, signal: stop.signal, now: Date.now }, ({ id, state }) => {
    if (id === 'tcp' && state === 'running') stop.abort(new Error('stopped by the operator'))
  })
  await expect(running).rejects.toThrow('stopped by the operator')
})
