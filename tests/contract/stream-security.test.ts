/** The stream on a broker with TLS or SASL, configured with the operators' environment variables. */
import { readFileSync } from 'node:fs'
import { type AclEntry, AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Stream } from '../../src-kafka/stream.ts'
import { kafkaSecurity, type KafkaSecurity } from '#shared/settings/kafka-security.ts'
import { loginLifetimeMs, oddPassword, type SecureBroker, startSecureBroker } from '../support/secure-broker.ts'
import { quietClient, streamOn } from './stream-broker.ts'
import { StreamFixture } from './stream-fixture.ts'

const topic = 'secured'
const renewed = 'secured-again'
const user = { username: 'on=call, 1', password: oddPassword }
const noReader = { username: 'no-reader', password: 'x' }
const noMember = { username: 'no-member', password: 'x' }

let kafka: SecureBroker
beforeAll(async () => {
  kafka = await startSecureBroker()
  await kafka.putUser(user)
  await Promise.all([kafka.putUser(noReader), kafka.putUser(noMember)])
  const admin = quietClient(kafka.broker.bootstrap).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic }, { topic: renewed }], waitForLeaders: false })
  const topics = { resourceType: AclResourceTypes.TOPIC, resourceName: topic }
  const groups = { resourceType: AclResourceTypes.GROUP, resourceName: 'remo-console-' }
  await admin.createAcls({
    acl: [
      ...except('no-reader', AclOperationTypes.READ, topics),
      ...except('no-member', AclOperationTypes.ALL, groups),
    ],
  })
  await admin.disconnect()
  const producer = quietClient(kafka.broker.bootstrap).producer({ allowAutoTopicCreation: false })
  await producer.connect()
  await producer.send({ topic, messages: [{ value: 'a' }] })
  await producer.disconnect()
})
afterAll(() => kafka.end())

/** Every user may do everything with it, except one user this operation. */
function except(user: string, operation: AclOperationTypes, resource: Resource): AclEntry[] {
  const on = { ...resource, resourcePatternType: ResourcePatternTypes.PREFIXED, host: '*' }
  return [
    { ...on, principal: 'User:*', operation: AclOperationTypes.ALL, permissionType: AclPermissionTypes.ALLOW },
    { ...on, principal: `User:${user}`, operation, permissionType: AclPermissionTypes.DENY },
  ]
}

type Resource = Pick<AclEntry, 'resourceType' | 'resourceName'>

type Variables = Readonly<Record<string, string>>
type Way = readonly [title: string, at: () => string, variables: () => Variables]

const eventually = (assert: () => void) => vi.waitFor(assert, { timeout: 30_000, interval: 50 })

interface Started {
  readonly fixture: StreamFixture
  readonly stream: Stream
}

function startStream(bootstrap: string, variables: Variables, name = topic): Started {
  const fixture = new StreamFixture()
  const security = securityOf(variables)
  const options = { topicPattern: `^${name}$` }
  const stream = streamOn(bootstrap, fixture.handlers, { ...options, ...(security ? { security } : {}) })
  stream.start()
  return { fixture, stream }
}

function securityOf(variables: Variables): KafkaSecurity | undefined {
  const read = kafkaSecurity(variables, (path) => readFileSync(path, 'utf8'))
  if (!read.ok) throw new Error(read.problems.join('\n'))
  return read.security
}

const ca = () => ({ KAFKA_SSL_CA: kafka.certificates.ca })
const tls = () => ({ KAFKA_SECURITY_PROTOCOL: 'SSL', ...ca() })
const pair = () => ({ KAFKA_SSL_CERT: kafka.certificates.clientCert, KAFKA_SSL_KEY: kafka.certificates.clientKey })
const login = (mechanism: string, { username, password } = user) => ({
  KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
  KAFKA_SASL_MECHANISM: mechanism,
  KAFKA_SASL_USERNAME: username,
  KAFKA_SASL_PASSWORD: password,
  ...ca(),
})
const openLogin = (mechanism: string) => {
  const { KAFKA_SSL_CA: _, ...variables } = login(mechanism)
  return { ...variables, KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT' }
}

const ways: readonly Way[] = [
  ['TLS with a private CA', () => kafka.at.tls, tls],
  ['TLS with a certificate on both sides', () => kafka.at.mutual, () => ({ ...tls(), ...pair() })],
  ['SASL PLAIN over TLS', () => kafka.at.login, () => login('PLAIN', kafka.plainUser)],
  ['SASL SCRAM-SHA-256 over TLS', () => kafka.at.login, () => login('SCRAM-SHA-256')],
  ['SASL SCRAM-SHA-512 over TLS', () => kafka.at.login, () => login('SCRAM-SHA-512')],
  ['SASL SCRAM-SHA-512 without TLS', () => kafka.at.open, () => openLogin('SCRAM-SHA-512')],
  ['a login without any right on groups', () => kafka.at.login, () => login('SCRAM-SHA-256', noMember)],
]

test.each(ways)('records are read over %s', async (_title, at, variables) => {
  const { fixture, stream } = startStream(at(), variables())
  onTestFinished(() => stream.stop())
  await eventually(() => expect(fixture.values(topic)).toEqual(['a']))
  expect(fixture.statuses.map(({ kind }) => kind)).not.toContain('disconnected')
})

test.each<[string, () => NonNullable<KafkaSecurity['ssl']>]>([
  ['an authority of NODE_EXTRA_CA_CERTS', () => ({})],
  ['no verification', () => ({ ca: [readFileSync(kafka.certificates.untrustedCa, 'utf8')], verify: false })],
])('records are read over TLS with %s', async (_title, ssl) => {
  vi.stubEnv('NODE_EXTRA_CA_CERTS', kafka.certificates.ca)
  onTestFinished(() => void vi.unstubAllEnvs())
  const fixture = new StreamFixture()
  const options = { topicPattern: `^${topic}$`, security: { ssl: ssl() } }
  const stream = streamOn(kafka.at.tls, fixture.handlers, options)
  onTestFinished(() => stream.stop())
  stream.start()
  await eventually(() => expect(fixture.values(topic)).toEqual(['a']))
})

test('a login that expires is renewed while records are read', async () => {
  const { fixture, stream } = startStream(kafka.at.login, login('SCRAM-SHA-256'), renewed)
  onTestFinished(() => stream.stop())
  const producer = quietClient(kafka.broker.bootstrap).producer({ allowAutoTopicCreation: false })
  await producer.connect()
  onTestFinished(() => producer.disconnect())
  const until = Date.now() + loginLifetimeMs + 1_000
  for (let sent = 1; Date.now() < until; sent++) {
    await producer.send({ topic: renewed, messages: [{ value: 'a' }] })
    await eventually(() => expect(fixture.values(renewed)).toHaveLength(sent))
  }
  expect(fixture.statuses.map(({ kind }) => kind)).not.toContain('disconnected')
})

type Trouble = readonly [...Way, sentence: (at: string) => string]

const asksFor = (what: string) => (at: string) =>
  `${at} closed the connection. It is shutting down, or it expects ${what} (check KAFKA_SECURITY_PROTOCOL).`
const cut = (at: string) =>
  `${at} reset the connection. It is shutting down, or it does not use TLS (check KAFKA_SECURITY_PROTOCOL).`

const refused: readonly Trouble[] = [
  [
    'a wrong password',
    () => kafka.at.login,
    () => login('SCRAM-SHA-256', { ...user, password: 'wrong' }),
    (at) => `${at} refused the username or password. Check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.`,
  ],
  [
    'a wrong password for PLAIN',
    () => kafka.at.login,
    () => login('PLAIN', { ...kafka.plainUser, password: 'wrong' }),
    (at) => `${at} refused the username or password. Check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.`,
  ],
  [
    'an unknown user',
    () => kafka.at.login,
    () => login('SCRAM-SHA-512', { ...user, username: 'nobody' }),
    (at) => `${at} refused the username or password. Check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.`,
  ],
  [
    'a mechanism that the broker does not have',
    () => kafka.at.open,
    () => openLogin('PLAIN'),
    (at) => `${at} does not support PLAIN. Check KAFKA_SASL_MECHANISM.`,
  ],
  [
    'a user that may not read the topics',
    () => kafka.at.login,
    () => login('SCRAM-SHA-256', noReader),
    (at) => `${at} does not allow this user to read the topics. Grant Read on them.`,
  ],
]

const unreachable: readonly Trouble[] = [
  [
    "a CA that is not the broker's",
    () => kafka.at.tls,
    () => ({ ...tls(), KAFKA_SSL_CA: kafka.certificates.untrustedCa }),
    (at) => `The certificate of ${at} is not signed by the CA in KAFKA_SSL_CA. Check that file.`,
  ],
  [
    'no CA',
    () => kafka.at.tls,
    () => ({ KAFKA_SECURITY_PROTOCOL: 'SSL' }),
    (at) => `The certificate of ${at} is signed by an unknown CA. Set KAFKA_SSL_CA to that CA's certificate file.`,
  ],
  [
    'a host name that is not in the certificate',
    () => kafka.at.tls.replace('localhost', '127.0.0.1'),
    tls,
    (at) =>
      `The certificate of ${at} is for another host name. Use that name in KAFKA_BOOTSTRAP_SERVERS and in advertised.listeners.`,
  ],
  [
    'no client certificate',
    () => kafka.at.mutual,
    tls,
    (at) => `${at} requires a client certificate. Set KAFKA_SSL_CERT and KAFKA_SSL_KEY.`,
  ],
  [
    'a client certificate of another CA',
    () => kafka.at.mutual,
    () => ({
      ...tls(),
      KAFKA_SSL_CERT: kafka.certificates.untrustedCa,
      KAFKA_SSL_KEY: kafka.certificates.untrustedKey,
    }),
    (at) => `${at} does not accept the client certificate. Check KAFKA_SSL_CERT.`,
  ],
  [
    'the key of another certificate',
    () => kafka.at.mutual,
    () => ({ ...tls(), ...pair(), KAFKA_SSL_KEY: kafka.certificates.untrustedKey }),
    () => 'The client certificate and key do not match. Check KAFKA_SSL_CERT and KAFKA_SSL_KEY.',
  ],
  ['no security, at a port with TLS', () => kafka.at.tls, () => ({}), asksFor('TLS or SASL')],
  ['no security, at a port with TLS and SASL', () => kafka.at.login, () => ({}), asksFor('TLS or SASL')],
  ['no security, at a port with SASL', () => kafka.at.open, () => ({}), asksFor('TLS or SASL')],
  ['TLS only, at a port with TLS and SASL', () => kafka.at.login, tls, asksFor('no TLS or SASL')],
  ['SASL only, at a port with TLS and SASL', () => kafka.at.login, () => openLogin('PLAIN'), asksFor('TLS or no SASL')],
  ['TLS, at a plain port', () => kafka.broker.bootstrap, tls, cut],
  ['TLS and SASL, at a plain port', () => kafka.broker.bootstrap, () => login('PLAIN'), cut],
  [
    'SASL, at a port without SASL',
    () => kafka.at.tls,
    () => login('PLAIN'),
    (at) => `${at} does not use SASL. Check the port and KAFKA_SECURITY_PROTOCOL.`,
  ],
]

describe('reports in one sentence what to check, and retries', () => {
  const started = new Map<string, Started>()
  // Concurrent, because kafkajs retries for some seconds before it reports the error.
  beforeAll(() => {
    for (const [title, at, variables] of [...refused, ...unreachable])
      started.set(title, startStream(at(), variables()))
  })
  afterAll(() => Promise.all([...started.values()].map(({ stream }) => stream.stop())))

  /** Delay of the first retry; the first failure must be the given one. */
  async function retryAfter(title: string, detail: string): Promise<number> {
    const statuses = started.get(title)?.fixture.statuses ?? []
    await eventually(() => expect(statuses.map(({ kind }) => kind)).toContain('disconnected'))
    const failed = statuses.find(({ kind }) => kind === 'disconnected')
    expect(failed).toMatchObject({ detail, retryAt: expect.any(Number) as number })
    return failed?.kind === 'disconnected' && failed.retryAt !== undefined ? failed.retryAt - failed.since : NaN
  }

  test.each(refused)('after a minute, to avoid locked accounts: with %s', async (title, at, _variables, sentence) => {
    expect(await retryAfter(title, sentence(at()))).toBeGreaterThanOrEqual(60_000)
  })

  test.each(unreachable)('within seconds: with %s', async (title, at, _variables, sentence) => {
    expect(await retryAfter(title, sentence(at()))).toBeLessThan(20_000)
  })
})

test('a user created later connects at the next attempt', async () => {
  const newcomer = { username: 'newcomer', password: `${oddPassword} too` }
  const { fixture, stream } = startStream(kafka.at.login, login('SCRAM-SHA-512', newcomer))
  onTestFinished(() => stream.stop())
  await eventually(() => expect(fixture.status).toMatchObject({ kind: 'disconnected' }))
  await kafka.putUser(newcomer)
  stream.retryNow() // instead of waiting a minute
  await eventually(() => expect(fixture.values(topic)).toEqual(['a']))
  expect(fixture.status).toMatchObject({ kind: 'connected', topics: 1, partitions: 1 })
})
