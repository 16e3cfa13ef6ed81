import { generateKeyPairSync } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { createAccessTokens } from './access-token.ts'

const secret = 'k9fTq2mV7xLw4bRz8NcYpJ3hGdS6uAeX1oKiQtBv'
const key = new TextEncoder().encode(secret)
const tokens = createAccessTokens(secret)
const now = Date.UTC(2026, 10, 24, 12)
const seconds = now / 1000
const claims = { accountId: 7, familyId: '3f1c7a52-8d7e-4c52-9f63-0a8b1c2d3e4f', version: 3 }
const payload = { fam: claims.familyId, ver: 3, sub: '7', iss: 'remo', aud: 'remo-api' }
const times = { iat: seconds, nbf: seconds, exp: seconds + 600 }

interface Forged {
  readonly header?: Record<string, unknown>
  readonly payload?: Record<string, unknown>
  readonly key?: Uint8Array
}
const forge = ({ header = {}, payload: change = {}, key: other = key }: Forged = {}) =>
  new SignJWT({ ...payload, ...times, ...change })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header })
    .sign(other)

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

test('a token says who signed in, for ten minutes and the clock skew', async () => {
  const token = await tokens.sign(claims, now)
  expect(await tokens.read(token, now)).toEqual(claims)
  expect(await tokens.read(token, now + 629_000)).toEqual(claims)
  await expect(tokens.read(token, now + 630_000)).rejects.toMatchObject({ code: 'session_ended' })
})

test('a flawless forged token is accepted, so the flaws below are the reason for refusal', async () => {
  expect(await tokens.read(await forge(), now)).toEqual(claims)
})

describe('is refused as unknown', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' })
  const cases: Record<string, () => Promise<string> | string> = {
    'no algorithm': () => new UnsecuredJWT({ ...payload, ...times }).encode(),
    'no algorithm, spelt otherwise': () => `${part({ alg: 'nOnE', typ: 'at+jwt' })}.${part({ ...payload, ...times })}.`,
    'no signature': async () => (await forge()).replace(/[^.]*$/, ''),
    'another algorithm with the same key': () => forge({ header: { alg: 'HS512' }, key: Buffer.concat([key, key]) }),
    'another key': () => forge({ key: new TextEncoder().encode('another key that is long enough to sign') }),
    'signed with a public key as secret': () => forge({ key: Buffer.from(publicPem) }),
    'signed with a key pair': () =>
      new SignJWT({ ...payload, ...times }).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt' }).sign(rsa.privateKey),
    'a key of its own in the header': () =>
      forge({ header: { jwk: { kty: 'oct', k: part('x') } }, key: Buffer.from(part('x').padEnd(32, 'x')) }),
    'a key from elsewhere': () => forge({ header: { jku: 'https://example.com/k' }, key: Buffer.alloc(32, 1) }),
    'another type of token': () => forge({ header: { typ: 'JWT' } }),
    'no type': () => forge({ header: { typ: undefined } }),
    'another issuer': () => forge({ payload: { iss: 'other' } }),
    'another audience': () => forge({ payload: { aud: 'other' } }),
    'no audience': () => forge({ payload: { aud: undefined } }),
    'no end': () => forge({ payload: { exp: undefined } }),
    'not yet valid': () => forge({ payload: { nbf: seconds + 31 } }),
    'no user': () => forge({ payload: { sub: undefined } }),
    'no number': () => forge({ payload: { sub: '7 or 1=1' } }),
    'no family': () => forge({ payload: { fam: 'x' } }),
    'no version': () => forge({ payload: { ver: '3' } }),
    'a changed claim': async () => {
      const [header, , signature] = (await forge()).split('.')
      return `${header}.${part({ ...payload, ...times, sub: '1' })}.${signature}`
    },
    'no token at all': () => 'x',
    'a random secret, as a refresh token is': () => Buffer.alloc(32, 7).toString('base64url'),
  }
  test.each(Object.entries(cases))('%s', async (_name, make) => {
    await expect(tokens.read(await make(), now)).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})
