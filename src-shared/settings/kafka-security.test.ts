import { expect, test } from 'vitest'
import { kafkaSecurity } from './kafka-security.ts'

const files: Record<string, string> = { '/ca.pem': 'CA', '/cert.pem': 'CERT', '/key.pem': 'KEY' }
const readText = (path: string): string => {
  const text = files[path]
  if (text === undefined) throw new Error(`${path} cannot be read`)
  return text
}

test('nothing set, or set to nothing, means plain connections', () => {
  expect(kafkaSecurity({ KAFKA_SECURITY_PROTOCOL: '' }, readText)).toEqual({ ok: true, security: undefined })
})

test('a login over TLS with a client certificate', () => {
  const env = {
    KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
    KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
    KAFKA_SASL_USERNAME: 'remo',
    KAFKA_SASL_PASSWORD: 'x',
    KAFKA_SSL_CA: '/ca.pem',
    KAFKA_SSL_CERT: '/cert.pem',
    KAFKA_SSL_KEY: '/key.pem',
  }
  expect(kafkaSecurity(env, readText)).toEqual({
    ok: true,
    security: {
      ssl: { ca: ['CA'], cert: 'CERT', key: 'KEY' },
      sasl: { mechanism: 'scram-sha-512', username: 'remo', password: 'x' },
    },
  })
})

test('everything that is wrong is said at once', () => {
  const env = { KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT', KAFKA_SASL_MECHANISM: 'GSSAPI', KAFKA_SSL_CERT: '/cert.pem' }
  expect(kafkaSecurity(env, readText)).toEqual({
    ok: false,
    problems: [
      'KAFKA_SASL_MECHANISM: expected one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512.',
      'KAFKA_SASL_USERNAME: is needed with KAFKA_SECURITY_PROTOCOL=SASL_PLAINTEXT.',
      'KAFKA_SASL_PASSWORD: is needed with KAFKA_SECURITY_PROTOCOL=SASL_PLAINTEXT.',
      'KAFKA_SSL_KEY: is needed too, a client certificate has both files.',
    ],
  })
})

test('a file that cannot be read is named', () => {
  const env = { KAFKA_SECURITY_PROTOCOL: 'SSL', KAFKA_SSL_CA: '/gone.pem' }
  expect(kafkaSecurity(env, readText)).toEqual({ ok: false, problems: ['/gone.pem cannot be read'] })
})
