import { hash, parseOptions } from '@node-rs/argon2'
import { SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Tokens } from '#shared/rest/auth.ts'
import { authApp, type AuthApp, freshIp, password, signingKey } from '../support/auth-app.ts'
import { problemIn } from '../support/backend-app.ts'

let app: AuthApp
beforeAll(async () => {
  app = await authApp()
})
afterAll(() => app.end())

const login = (username: string, secret = password) =>
  app.call<Tokens>('post /api/auth/login', { body: { username, password: secret } })

describe('sign-in', () => {
  test('returns a bearer token with the name of the user', async () => {
    const id = await app.addAccount('ann', 'operator')
    const { status, body, headers } = await login('ann')
    expect({ status, body, cache: headers.get('cache-control') }).toEqual({
      status: 200,
      body: {
        access_token: expect.any(String),
        token_type: 'bearer',
        expires_in: 600,
        refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      },
      cache: 'no-store',
    })
    const me = await app.call('get /api/auth/me', { token: body.access_token })
    expect(me.body).toEqual({
      id,
      username: 'ann',
      email: 'ann@ops.example',
      created_at: expect.stringMatching(/Z$/),
      role: 'operator',
    })
  })

  test.each([
    ['a multipart form', new FormData()],
    ['a url-encoded form', new URLSearchParams()],
  ])('accepts %s, as scripts of the first ReMo send it', async (kind, form) => {
    const username = kind.replaceAll(' ', '-')
    await app.addAccount(username)
    form.set('username', username)
    form.set('password', password)
    const headers = { 'X-Forwarded-For': freshIp() }
    const response = await fetch(`${app.url}/api/auth/login`, { method: 'POST', body: form, headers })
    expect([response.status, ((await response.json()) as Tokens).token_type]).toEqual([200, 'bearer'])
  })

  test('finds the name in any spelling', async () => {
    await app.addAccount('Zoë')
    expect((await login('ZOE\u0308')).status).toBe(200)
  })

  test('gives the same response to an unknown name and a wrong password', async () => {
    await app.addAccount('bob')
    const responses = await Promise.all([
      login('bob', 'wrong'),
      login('nobody', 'wrong'),
      login("' or 1=1 --", 'wrong'),
    ])
    const bodies = responses.map(({ status, headers, body }) => ({
      status,
      challenge: headers.get('www-authenticate'),
      body: { ...(body as object), requestId: '' },
    }))
    expect(bodies[0]).toMatchObject({ status: 401, challenge: 'Bearer realm="remo"' })
    expect(bodies[1]).toEqual(bodies[0])
    expect(bodies[2]).toEqual(bodies[0])
  })

  test('takes as long for an unknown name as for a wrong password', async () => {
    const rounds = 48
    for (let i = 0; i < rounds / 4; i++) await app.addAccount(`timed-${i}`)
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }
    for (let i = 0; i < rounds; i++) {
      const tries = [
        ['known', `timed-${i >> 2}`],
        ['unknown', `absent-${i >> 2}`],
      ] as const
      for (const [kind, name] of i % 2 ? tries : [...tries].reverse()) {
        const start = performance.now()
        await login(name, 'wrong')
        times[kind].push(performance.now() - start)
      }
    }
    // Without the dummy hash the ratio would be about 0.1.
    const ratio = undisturbed(times.unknown) / undisturbed(times.known)
    expect(ratio).toBeGreaterThan(0.8)
    expect(ratio).toBeLessThan(1.25)
  })

  test('hashes a password again if its hash has a lower cost', async () => {
    const id = await app.addAccount('old')
    const weak = await hash(password, { memoryCost: 8_192, timeCost: 1, parallelism: 1 })
    await app.pool.query('update account set password_hash = $2 where id = $1', [id, weak])
    expect((await login('old')).status).toBe(200)
    const { rows } = await app.pool.query<{ h: string }>('select password_hash as h from account where id = $1', [id])
    expect(parseOptions(rows[0]?.h ?? '')).toMatchObject({ memoryCost: 19_456, timeCost: 2 })
    expect((await login('old')).status).toBe(200)
  })

  test('says that a user is disabled, but only with the right password', async () => {
    const id = await app.addAccount('gone')
    await app.pool.query('update account set disabled_at = now() where id = $1', [id])
    expect(problemIn(await login('gone'))).toEqual([403, 'account_disabled'])
    expect(problemIn(await login('gone', 'wrong'))).toEqual([401, 'invalid_credentials'])
  })

  test.each([
    ['no password', { username: 'ann' }],
    ['an unknown field', { username: 'ann', password, role: 'admin' }],
    ['a number', { username: 'ann', password: 1 }],
    ['NUL', { username: 'ann', password: 'x\0' }],
    ['half a surrogate pair', { username: 'a\ud800', password: 'x' }],
    ['a password beyond the limit', { username: 'ann', password: 'x'.repeat(257) }],
  ])('refuses a body with %s', async (_title, body) => {
    expect(problemIn(await app.call('post /api/auth/login', { body }))).toEqual([400, 'invalid_request'])
  })

  test('is logged, whatever the result, and never with a password, a token or an unknown name', async () => {
    await app.addAccount('logged')
    app.lines.length = 0
    const { body } = await login('logged')
    await login('logged', 'wrong-password-1')
    await login('typed-a-password-here', 'wrong-password-2')
    const lines = app.lines.filter(({ message }) => /sign/.test(message))
    expect(lines.map(({ level, message, fields }) => [level, message, fields['username']])).toEqual([
      ['info', 'signed in', 'logged'],
      ['warn', 'sign-in failed', 'logged'],
      ['warn', 'sign-in failed', undefined],
    ])
    const text = JSON.stringify(app.lines)
    const secrets = [password, 'wrong-password', 'typed-a-password-here', body.access_token, body.refresh_token]
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
  })
})

describe('the access token', () => {
  const me = (token: string) => app.call('get /api/auth/me', { token })
  const reads = async (make: (claims: Record<string, unknown>) => Promise<string> | string) => {
    const { access_token } = await app.signIn('tok')
    const part = access_token.split('.')[1] ?? ''
    return problemIn(await me(await make(JSON.parse(Buffer.from(part, 'base64url').toString()))))
  }
  const signed = (claims: Record<string, unknown>, typ = 'at+jwt') =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ }).sign(new TextEncoder().encode(signingKey))
  beforeAll(() => app.addAccount('tok'))

  test('is required: without one, and with other schemes, the response is 401', async () => {
    const headers = [{}, { Authorization: 'Basic YTpi' }, { Authorization: 'Bearer' }, { Authorization: 'Bearer a b' }]
    const responses = await Promise.all(headers.map((given) => app.call('get /api/auth/me', { headers: given })))
    expect(responses.map(problemIn)).toEqual(headers.map(() => [401, 'unauthenticated']))
    expect(responses[0]?.headers.get('www-authenticate')).toMatch(/^Bearer/)
  })

  test.each([
    ['without a signature', (claims: object) => new UnsecuredJWT({ ...claims }).encode()],
    ['of another type', (claims: object) => signed({ ...claims }, 'JWT')],
    ['for another audience', (claims: object) => signed({ ...claims, aud: 'other' })],
    ['of another issuer', (claims: object) => signed({ ...claims, iss: 'other' })],
  ])('%s is refused', async (_title, make) => {
    expect(await reads(make)).toEqual([401, 'unauthenticated'])
  })

  test('that has expired is refused, and so is one of a missing account or session', async () => {
    const seconds = Math.floor(Date.now() / 1000)
    expect(await reads((claims) => signed({ ...claims, exp: seconds - 31 }))).toEqual([401, 'session_ended'])
    expect(await reads((claims) => signed({ ...claims, sub: '2147483647' }))).toEqual([401, 'session_ended'])
    expect(await reads((claims) => signed({ ...claims, fam: crypto.randomUUID() }))).toEqual([401, 'session_ended'])
    expect(await reads((claims) => signed({ ...claims, ver: 2 }))).toEqual([401, 'session_ended'])
  })

  test('of one user with the session of another is refused', async () => {
    const other = await app.addAccount('other')
    expect(await reads((claims) => signed({ ...claims, sub: String(other) }))).toEqual([401, 'session_ended'])
  })

  test('is not a refresh token, and a refresh token is not an access token', async () => {
    const { access_token, refresh_token } = await app.signIn('tok')
    const body = { refresh_token: access_token.slice(0, 200) }
    expect(problemIn(await app.call('post /api/auth/refresh', { body }))).toEqual([401, 'session_ended'])
    expect(problemIn(await me(refresh_token))).toEqual([401, 'unauthenticated'])
  })

  test('has no role: the role in the database counts from the next request on', async () => {
    const id = await app.addAccount('rising', 'admin')
    const { access_token: token } = await app.signIn('rising')
    expect((await app.call('get /api/users', { token })).status).toBe(200)
    await app.pool.query(`update account set role = 'viewer' where id = $1`, [id])
    expect(problemIn(await app.call('get /api/users', { token }))).toEqual([403, 'forbidden'])
  })
})

/** Mean of the fastest quarter: other load makes a response slower, never faster. */
function undisturbed(times: readonly number[]): number {
  const fastest = [...times].sort((a, b) => a - b).slice(0, times.length >> 2)
  return fastest.reduce((sum, time) => sum + time, 0) / fastest.length
}
