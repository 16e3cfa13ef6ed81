import { expect, test } from 'vitest'
import { readingFrom } from './settings-builders.ts'
import { kafkaSecurity, pemFileProblems } from './kafka-security.ts'

const pem = (what: string) => `-----BEGIN ${what}-----\nMA==\n-----END ${what}-----\n`
const files = {
  '/ca.pem': pem('CERTIFICATE'),
  '/cert.pem': `CN=remo\n${pem('CERTIFICATE')}`,
  '/key.pem': pem('EC PRIVATE KEY'),
  '/encrypted.pem': pem('ENCRYPTED PRIVATE KEY'),
  '/password': 'a"b\\c \n',
}
const readText = readingFrom(files)

test('no or empty variables mean plain connections', () => {
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
      ssl: { ca: [files['/ca.pem']], cert: files['/cert.pem'], key: files['/key.pem'] },
      sasl: { mechanism: 'scram-sha-512', username: 'remo', password: 'x' },
    },
  })
})

test('all problems are reported together', () => {
  const env = { KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT', KAFKA_SASL_MECHANISM: 'GSSAPI', KAFKA_SSL_CERT: '/cert.pem' }
  expect(kafkaSecurity(env, readText)).toEqual({
    ok: false,
    problems: [
      'KAFKA_SASL_MECHANISM: expected one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512.',
      'KAFKA_SASL_USERNAME: required with KAFKA_SECURITY_PROTOCOL=SASL_PLAINTEXT.',
      'KAFKA_SASL_PASSWORD: required with KAFKA_SECURITY_PROTOCOL=SASL_PLAINTEXT.',
      'KAFKA_SSL_CERT: has no effect with KAFKA_SECURITY_PROTOCOL=SASL_PLAINTEXT; set that to SSL or SASL_SSL.',
      'KAFKA_SSL_KEY: required; a client certificate needs both files.',
    ],
  })
})

const ssl = { KAFKA_SECURITY_PROTOCOL: 'SSL' }
const pair = { KAFKA_SSL_CERT: '/cert.pem', KAFKA_SSL_KEY: '/key.pem' }
test.each([
  [{ ...ssl, KAFKA_SSL_CA: '/gone.pem' }, 'KAFKA_SSL_CA: cannot read /gone.pem (no such file).'],
  [{ ...ssl, KAFKA_SSL_CA: '/key.pem' }, 'KAFKA_SSL_CA: /key.pem is not a PEM certificate.'],
  [{ ...ssl, ...pair, KAFKA_SSL_KEY: '/ca.pem' }, 'KAFKA_SSL_KEY: /ca.pem is not a PEM private key.'],
  [
    { ...ssl, ...pair, KAFKA_SSL_KEY: '/encrypted.pem' },
    'KAFKA_SSL_KEY: /encrypted.pem is encrypted. Use a key without a passphrase.',
  ],
  [
    { KAFKA_SASL_PASSWORD: 'hunter2' },
    'KAFKA_SASL_PASSWORD: has no effect with KAFKA_SECURITY_PROTOCOL=PLAINTEXT; set that to SASL_SSL or SASL_PLAINTEXT.',
  ],
  [
    { KAFKA_SECURITY_PROTOCOL: 'SASL_SSL', KAFKA_SASL_USERNAME: 'remo', KAFKA_SASL_PASSWORD_FILE: '/gone' },
    'KAFKA_SASL_PASSWORD_FILE: cannot read /gone (no such file).',
  ],
])('%o is refused in one sentence', (env, problem) => {
  expect(kafkaSecurity(env, readText)).toEqual({ ok: false, problems: [problem] })
})

test('a password may come from a file, and keeps every character', () => {
  const env = {
    KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
    KAFKA_SASL_USERNAME: 'remo',
    KAFKA_SASL_PASSWORD_FILE: '/password',
  }
  expect(kafkaSecurity(env, readText)).toEqual({
    ok: true,
    security: { ssl: {}, sasl: { mechanism: 'plain', username: 'remo', password: 'a"b\\c ' } },
  })
})

test('each PEM file that a variable names and that cannot be used is a problem', () => {
  expect(pemFileProblems({ KAFKA_SSL_CA: '/ca.pem', KAFKA_SSL_KEY: '/key.pem' }, readText)).toEqual([])
  expect(
    pemFileProblems({ KAFKA_SSL_CA: '/gone.pem', KAFKA_SSL_CERT: '/key.pem', KAFKA_SSL_KEY: '' }, readText),
  ).toEqual([
    'KAFKA_SSL_CA: cannot read /gone.pem (no such file).',
    'KAFKA_SSL_CERT: /key.pem is not a PEM certificate.',
  ])
})
