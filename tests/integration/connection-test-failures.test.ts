/** What the test of a connection says about names, TCP, TLS and SASL, on a real broker and on servers that are none. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { failure, states, testOf } from '../support/connection-test.ts'
import { makeOddCertificates, type OddCertificates, type ServerPair } from '../support/odd-certificates.ts'
import { oddPassword, type SecureBroker, startSecureBroker } from '../support/secure-broker.ts'

const user = { username: 'on=call, 1', password: oddPassword }

let kafka: SecureBroker
let odd: OddCertificates

beforeAll(async () => {
  kafka = await startSecureBroker()
  odd = await makeOddCertificates(join(kafka.certificates.ca, '..'), kafka.certificates)
  await kafka.putUser(user)
})
afterAll(() => kafka.end())

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
    const [id, text] = failure(await testOf(['kafka-1.invalid:9092', 'kafka-2.invalid:9092']))
    expect(id).toBe('names')
    expect(text).toMatch(/^This computer cannot resolve kafka-1\.invalid.* Not usable either: kafka-2\.invalid:9092\.$/)
  })

  test('tcp: nothing listens', async () => {
    const at = `127.0.0.1:${await freePort()}`
    expect(failure(await testOf(at))).toEqual([
      'tcp',
      `Nothing listens on ${at}. Check the port, and that Kafka is running.`,
    ])
  })

  test('tcp: a web server', async () => {
    const server = createHttpServer((_, response) => response.end('hello'))
    const at = `localhost:${await listening(server)}`
    expect(failure(await testOf(at))).toEqual([
      'tcp',
      `${at} is a web server, not a Kafka broker. Check the address and the port.`,
    ])
    expect(failure(await testOf(at, tls()))).toEqual([
      'tls',
      `${at} is a web server, not a Kafka broker. Check the port.`,
    ])
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
    expect(await Promise.all([at, quiet].map(async (one) => failure(await testOf(one))))).toEqual([
      ['tcp', sentence(at)],
      ['tcp', sentence(quiet)],
    ])
  })

  test('tls: the broker expects it', async () => {
    const tested = await testOf(kafka.at.tls)
    expect(states(tested)).toContain('names ok, tcp ok, tls failed, sasl not-tried, listeners not-tried')
    expect(failure(tested)).toEqual([
      'tls',
      `${kafka.at.tls} uses TLS, and this connection does not. Choose the security protocol SSL.`,
    ])
    expect(failure(await testOf(kafka.at.login, { sasl: scram() }))).toEqual([
      'tls',
      `${kafka.at.login} uses TLS, and this connection does not. Choose the security protocol SASL_SSL.`,
    ])
  })

  test('tls: the broker does not have it', async () => {
    const { bootstrap } = kafka.broker
    expect(failure(await testOf(bootstrap, tls()))).toEqual([
      'tls',
      `${bootstrap} does not use TLS. Choose its port with TLS, or the security protocol PLAINTEXT.`,
    ])
    expect(failure(await testOf(kafka.at.open, login()))).toEqual([
      'tls',
      `${kafka.at.open} does not use TLS. Choose its port with TLS, or the security protocol SASL_PLAINTEXT.`,
    ])
  })

  test('tls: an unknown authority', async () => {
    const at = kafka.at.tls
    expect(failure(await testOf(at, { ssl: {} }))).toEqual([
      'tls',
      `The certificate of ${at} is signed by ca, which this computer does not know. Set the CA certificate.`,
    ])
    const tested = await testOf(at, { ssl: { ca: [pem(kafka.certificates.untrustedCa)] } })
    expect(failure(tested)).toEqual([
      'tls',
      `The certificate of ${at} is signed by ca, which is not in the CA certificate. Use the certificate of the CA that signed it.`,
    ])
    expect(tested.step('tls').certificates).toMatchObject([{ subject: 'server', issuer: 'ca' }])
  })

  test('tls: several CAs may be given', async () => {
    const ca = [pem(kafka.certificates.untrustedCa), pem(kafka.certificates.ca)]
    expect((await testOf(kafka.at.tls, { ssl: { ca } })).step('listeners').state).toBe('ok')
    expect((await testOf(kafka.at.tls, { ssl: { ca: [ca.join('')] } })).step('listeners').state).toBe('ok')
  })

  test('tls: a self-signed certificate, an expired one, one that is not valid yet, one of another host', async () => {
    const of = async (pair: ServerPair, ssl = tls()): Promise<string> => {
      const at = await tlsServer(pair)
      const [id, text] = failure(await testOf(at, ssl))
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
    expect(failure(await testOf(at, tls()))).toEqual([
      'tls',
      `The certificate of ${at} is for localhost, not for 127.0.0.1. Use a name that is in the certificate.`,
    ])
  })

  test('tls: the client certificate', async () => {
    const { clientCert, clientKey, untrustedCa, untrustedKey } = kafka.certificates
    const at = kafka.at.mutual
    expect(failure(await testOf(at, tls()))).toEqual([
      'tls',
      `${at} requires a client certificate. Set the client certificate and its key.`,
    ])
    expect(failure(await testOf(at, tls({ cert: pem(untrustedCa), key: pem(untrustedKey) })))).toEqual([
      'tls',
      `${at} does not accept the client certificate. Use one that its CA has signed and that has not expired.`,
    ])
    expect(failure(await testOf(at, tls({ cert: pem(clientCert), key: pem(untrustedKey) })))).toEqual([
      'tls',
      'The client key does not belong to the client certificate. Use the key that it was made for.',
    ])
    expect(failure(await testOf(at, tls({ cert: pem(clientCert), key: 'no key' })))[1]).toMatch(
      /^The CA certificate, the client certificate or its key cannot be read: /,
    )
    expect(pem(clientKey)).toContain('PRIVATE KEY')
  })

  test('sasl: the broker requires a login, or has none', async () => {
    expect(failure(await testOf(kafka.at.login, tls()))).toEqual([
      'sasl',
      `${kafka.at.login} requires a login. Choose the security protocol SASL_SSL; it offers PLAIN, SCRAM-SHA-256, SCRAM-SHA-512.`,
    ])
    expect(failure(await testOf(kafka.at.open))).toEqual([
      'sasl',
      `${kafka.at.open} requires a login. Choose the security protocol SASL_PLAINTEXT; it offers SCRAM-SHA-512.`,
    ])
    expect(failure(await testOf(kafka.at.tls, login()))).toEqual([
      'sasl',
      `${kafka.at.tls} does not use SASL. Choose the security protocol SSL, or its port with SASL.`,
    ])
  })

  test('sasl: a wrong mechanism, with those that are offered', async () => {
    const tested = await testOf(kafka.at.open, { sasl: { ...kafka.plainUser, mechanism: 'plain' } })
    expect(failure(tested)).toEqual(['sasl', `${kafka.at.open} does not offer PLAIN. Choose SCRAM-SHA-512.`])
    expect(tested.step('sasl').mechanisms).toEqual(['SCRAM-SHA-512'])
  })

  test('sasl: a wrong password, an unknown user, and none', async () => {
    const at = kafka.at.login
    const hint = ' It also offers PLAIN, SCRAM-SHA-256, and a user may exist for one mechanism only.'
    expect(failure(await testOf(at, login({ ...user, password: 'wrong' })))).toEqual([
      'sasl',
      `${at} refused the user ${user.username} with this password. Check both.${hint}`,
    ])
    expect(failure(await testOf(at, login({ ...user, username: 'nobody' })))[1]).toBe(
      `${at} refused the user nobody with this password. Check both.${hint}`,
    )
    expect(failure(await testOf(at, login({ ...user, password: '' })))[1]).toBe(
      `Enter the password of ${user.username}.`,
    )
    expect(failure(await testOf(at, login({ ...user, username: '' })))[1]).toBe('Enter the user that ReMo signs in as.')
    const plain = { ...tls(), sasl: { ...kafka.plainUser, mechanism: 'plain', password: 'wrong' } } as const
    expect(failure(await testOf(at, plain))[0]).toBe('sasl')
  })
})
