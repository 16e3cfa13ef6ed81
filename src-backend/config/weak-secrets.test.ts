import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { hasGuessablePassword, keyWeakness } from './weak-secrets.ts'

/** As random as real ones, but the same in every run. */
function pseudoRandom(n: number, bytes: number): Buffer {
  return Buffer.concat([0, 1, 2].map((part) => createHash('sha256').update(`${n}/${part}`).digest())).subarray(0, bytes)
}
const many = Array.from({ length: 2_000 }, (_, n) => n)

describe('a signing key', () => {
  test.each([
    'remo-super-secret-signing-token-for-jwt-2024',
    'my_super_secret_jwt_token_for_remo_monitoring',
    'ThisIsMyVeryLongAndStrongJwtSigningPhrase!',
    'correct horse battery staple and some more',
    'r3m0-pr0duct10n-jwt-s3cr3t-t0k3n-v3rs10n-1',
    'monitoring.backend.production.signature.value',
    'the quick brown fox jumps over the lazy dog',
    'supersecretjwtkeyforourmonitoringplatform',
  ])('made of words is weak: %s', (key) => {
    expect(keyWeakness(key)).toEqual(expect.any(String))
  })

  test.each([
    ['openssl rand -base64 48', (n: number) => pseudoRandom(n, 48).toString('base64')],
    ['openssl rand -base64 32', (n: number) => pseudoRandom(n, 32).toString('base64')],
    ['openssl rand -hex 32', (n: number) => pseudoRandom(n, 32).toString('hex')],
    ['32 bytes as base64url', (n: number) => pseudoRandom(n, 32).toString('base64url')],
    [
      '40 lower case letters',
      (n: number) =>
        [...pseudoRandom(n, 40)]
          .map((byte) => (byte % 26) + 97)
          .map((c) => String.fromCharCode(c))
          .join(''),
    ],
  ])('of %s is good', (_, make) => {
    expect(many.map(make).filter((key) => keyWeakness(key) !== undefined)).toEqual([])
  })
})

describe('a database password', () => {
  const isGuessable = (password: string) =>
    hasGuessablePassword(`postgres://fleet:${encodeURIComponent(password)}@db.example:5432/telemetry`)

  test.each([
    'remo',
    'remo_password',
    'remo_pass',
    'remo123',
    'remopass123',
    'RemoPassword2024!',
    'remo-secret',
    'remo_secure_password',
    'postgres',
    'postgres123',
    'p@ssw0rd',
    'monitoring',
    'monitor_pass',
    'changeme',
    'change_me_in_production',
    'supersecret',
    'admin123',
    'fleet',
    'fleet_telemetry_1',
    '123456',
    'qwerty123',
    'your_password_here',
    'dev',
  ])('%s is guessable', (password) => {
    expect(isGuessable(password)).toBe(true)
  })

  test.each(['l0ng-and-odd', 'violet anvil harbour', '8f3a9c1e77b2', 'kT9$mQ2x', '83920175538201945523', 'x%y'])(
    '%s is accepted',
    (password) => {
      expect(isGuessable(password)).toBe(false)
    },
  )

  test('random ones are accepted, and so is none', () => {
    expect(many.filter((n) => isGuessable(pseudoRandom(n, 12).toString('base64')))).toEqual([])
    expect(many.filter((n) => isGuessable(pseudoRandom(n, 8).toString('hex')))).toEqual([])
    expect(hasGuessablePassword('postgres://remo@db/remo')).toBe(false)
    expect(hasGuessablePassword('postgres://remo:a%@db/remo')).toBe(false)
  })
})
