import { expect, test } from 'vitest'
import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'
import { describeFailure, KafkaTimeoutError, HandlerError } from './kafka-failure.ts'

const access = { brokers: ['kafka:9092'] }

function failing(fields: Record<string, unknown>, cause?: unknown): Error {
  return Object.assign(new Error('it failed', { cause }), fields)
}

test.each([
  ['refused', failing({ code: 'ECONNREFUSED' }), 'Nothing is listening on kafka:9092'],
  ['name', failing({ code: 'ENOTFOUND' }), 'Cannot resolve the host name in kafka:9092'],
  ['timeout', new KafkaTimeoutError('x'), 'Kafka at kafka:9092 does not answer. Check the brokers and the network.'],
  ['closed', failing({ name: 'KafkaJSConnectionClosedError' }), 'kafka:9092 closed the connection'],
  ['login', failing({ name: 'KafkaJSSASLAuthenticationError' }), 'kafka:9092 refused the username or password'],
  ['acl', failing({ type: 'GROUP_AUTHORIZATION_FAILED' }), 'does not allow this user to use consumer groups'],
  [
    'storage',
    new HandlerError('the disk is full'),
    'ReMo cannot store messages, so it has stopped reading: the disk is full.',
  ],
  ['unknown', new Error('bad luck'), 'Cannot read from Kafka at kafka:9092: bad luck'],
  ['no error at all', 'bad luck', 'Cannot read from Kafka at kafka:9092: bad luck'],
])('%s becomes a sentence', (_title, error, sentence) => {
  expect(describeFailure(error, access).sentence).toContain(sentence)
})

test('the innermost known cause decides', () => {
  const error = failing({ name: 'KafkaJSNumberOfRetriesExceeded' }, failing({}, failing({ code: 'ECONNREFUSED' })))
  expect(describeFailure(error, access).sentence).toContain('Nothing is listening')
})

const tls = (ssl: NonNullable<KafkaSecurity['ssl']> = {}) => ({ ...access, security: { ssl } })
const openssl = 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE'
const boringssl = 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE'

test.each([
  ['without a certificate', openssl, tls(), 'kafka:9092 requires a client certificate'],
  ['without one, in Electron', boringssl, tls(), 'kafka:9092 requires a client certificate'],
  ['with a wrong one', openssl, tls({ cert: 'C', key: 'K' }), 'kafka:9092 does not accept the client certificate'],
  ['of an unknown authority', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', tls(), 'Set KAFKA_SSL_CA'],
  [
    'of another authority',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    tls({ ca: ['A'] }),
    'not signed by the CA in KAFKA_SSL_CA',
  ],
  ['reset', 'ECONNRESET', tls(), 'it does not use TLS'],
  ['reset without TLS', 'ECONNRESET', access, 'a proxy is in between'],
])('the sentence fits the security settings of the client: %s', (_title, code, how, sentence) => {
  expect(describeFailure(failing({ code }), how).sentence).toContain(sentence)
})

test('an unknown error becomes one line', () => {
  const error = failing({ code: 'ERR_SSL_ODD', message: 'handshake failed\n' })
  expect(describeFailure(error, access).sentence).toBe('Cannot read from Kafka at kafka:9092: handshake failed.')
})

test('refused credentials are retried slowly, and a starting broker is no outage', () => {
  expect(describeFailure(failing({ name: 'KafkaJSSASLAuthenticationError' }), access).waitMs).toBe(60_000)
  expect(describeFailure(failing({ type: 'GROUP_LOAD_IN_PROGRESS' }), access)).toMatchObject({
    transient: true,
    waitMs: 0,
  })
})
