import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Tokens } from '#shared/rest/auth.ts'
import { authApp, type AuthApp, password } from '../support/auth-app.ts'
import { problemIn } from '../support/backend-app.ts'

let app: AuthApp
beforeAll(async () => {
  app = await authApp()
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterAll(async () => {
  vi.useRealTimers()
  await app.end()
})

let accounts = 0
let user = ''
let id = 0
beforeEach(async () => {
  user = `user-${(accounts += 1)}`
  id = await app.addAccount(user)
})

const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)
const refresh = (token: string) => app.call<Tokens>('post /api/auth/refresh', { body: { refresh_token: token } })
const me = (token: string) => app.call('get /api/auth/me', { token })
const ended = [401, 'session_ended']
const sessionsOf = async (accountId: number) => {
  const { rows } = await app.pool.query(
    `select count(distinct f.id)::int as families, count(f.revoked_at)::int as revoked,
       count(*) filter (where t.used_at is null)::int as unused
     from session_family f join refresh_token t on t.family_id = f.id where f.account_id = $1`,
    [accountId],
  )
  return rows[0] as unknown
}

describe('refresh', () => {
  test('returns a new pair, again and again', async () => {
    let tokens = await app.signIn(user)
    const seen = new Set([tokens.refresh_token])
    for (let i = 0; i < 3; i++) {
      pass(599)
      const response = await refresh(tokens.refresh_token)
      expect(response.status).toBe(200)
      tokens = response.body
      seen.add(tokens.refresh_token)
      expect((await me(tokens.access_token)).status).toBe(200)
    }
    expect(seen.size).toBe(4)
  })

  test('a used token ends the whole session, with its newest tokens', async () => {
    const first = await app.signIn(user)
    const second = (await refresh(first.refresh_token)).body
    pass(11)
    expect(problemIn(await refresh(first.refresh_token))).toEqual(ended)
    expect(problemIn(await refresh(second.refresh_token))).toEqual(ended)
    expect(problemIn(await me(second.access_token))).toEqual(ended)
    const said = app.lines.filter(({ level, fields }) => level === 'warn' && fields['username'] === user)
    expect(said.map(({ message }) => message)).toEqual(['refresh token reused: session ended'])
  })

  test('another session of the same user continues when one ends', async () => {
    const [one, other] = [await app.signIn(user), await app.signIn(user)]
    await refresh(one.refresh_token)
    pass(11)
    await refresh(one.refresh_token)
    expect((await me(other.access_token)).status).toBe(200)
  })

  test('within ten seconds a client whose response was lost can repeat the request, and its session continues', async () => {
    const first = await app.signIn(user)
    await refresh(first.refresh_token)
    pass(9)
    const again = await refresh(first.refresh_token)
    expect(again.status).toBe(200)
    pass(599)
    expect((await refresh(again.body.refresh_token)).status).toBe(200)
  })

  test('of two responses to one token only one continues: using the other one ends the session', async () => {
    const first = await app.signIn(user)
    const [one, other] = [(await refresh(first.refresh_token)).body, (await refresh(first.refresh_token)).body]
    pass(60)
    const next = (await refresh(one.refresh_token)).body
    pass(60)
    expect(problemIn(await refresh(other.refresh_token))).toEqual(ended)
    expect(problemIn(await refresh(next.refresh_token))).toEqual(ended)
  })

  test('there is no grace once the response is known to have arrived: its token was used', async () => {
    const first = await app.signIn(user)
    const second = (await refresh(first.refresh_token)).body
    pass(2)
    await refresh(second.refresh_token)
    pass(2)
    expect(problemIn(await refresh(first.refresh_token))).toEqual(ended)
  })

  test('one token used ten times simultaneously leaves one session, which continues with any one of the responses', async () => {
    const first = await app.signIn(user)
    const responses = await Promise.all(Array.from({ length: 10 }, () => refresh(first.refresh_token)))
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
    expect(await sessionsOf(id)).toEqual({ families: 1, revoked: 0, unused: 10 })
    pass(60)
    expect((await refresh(responses[3]?.body.refresh_token ?? '')).status).toBe(200)
    expect(await sessionsOf(id)).toEqual({ families: 1, revoked: 0, unused: 1 })
  })

  test('a token is valid for seven days, and expired ones do not accumulate', async () => {
    const first = await app.signIn(user)
    pass(7 * 86_400 - 1)
    const second = await refresh(first.refresh_token)
    expect(second.status).toBe(200)
    pass(7 * 86_400)
    expect(problemIn(await refresh(second.body.refresh_token))).toEqual(ended)
    await app.signIn(user)
    const { rows } = await app.pool.query('select count(*)::int as n from session_family where account_id = $1', [id])
    expect(rows).toEqual([{ n: 1 }])
  })

  test('an unknown token is refused', async () => {
    expect(problemIn(await refresh(Buffer.alloc(32, 1).toString('base64url')))).toEqual(ended)
    expect(problemIn(await refresh('é'))).toEqual(ended)
  })

  test('the database contains nothing to sign in with', async () => {
    const { refresh_token } = await app.signIn(user)
    const { rows } = await app.pool.query<{ row: string }>(
      `select t::text as row from refresh_token t union all select a::text from account a`,
    )
    const text = rows.map(({ row }) => row).join('\n')
    const spellings = [refresh_token, Buffer.from(refresh_token).toString('hex'), password]
    spellings.push(Buffer.from(refresh_token, 'base64url').toString('hex'))
    expect(spellings.filter((spelling) => text.includes(spelling))).toEqual([])
  })
})

describe('signing out', () => {
  test('ends this session immediately, and no other', async () => {
    const [one, other] = [await app.signIn(user), await app.signIn(user)]
    const response = await app.call('post /api/auth/logout', { body: { refresh_token: one.refresh_token } })
    expect([response.status, response.body]).toEqual([200, { message: 'Signed out.' }])
    expect(problemIn(await me(one.access_token))).toEqual(ended)
    expect(problemIn(await refresh(one.refresh_token))).toEqual(ended)
    expect((await me(other.access_token)).status).toBe(200)
  })

  test('twice, or with an unknown token, gets the same response', async () => {
    const { refresh_token } = await app.signIn(user)
    const tokens = [refresh_token, refresh_token, 'nothing']
    for (const token of tokens) {
      const { status } = await app.call('post /api/auth/logout', { body: { refresh_token: token } })
      expect(status).toBe(200)
    }
  })
})

describe('a change of password', () => {
  const change = (token: string, current: string, chosen: string) =>
    app.call<Tokens>('post /api/auth/password', { token, body: { current_password: current, new_password: chosen } })
  const chosen = 'quartz lantern meadow'

  test('ends all other sessions, and returns new tokens for this one', async () => {
    const [mine, other] = [await app.signIn(user), await app.signIn(user)]
    const response = await change(mine.access_token, password, chosen)
    expect(response.status).toBe(200)
    for (const old of [mine, other]) {
      expect(problemIn(await me(old.access_token))).toEqual(ended)
      expect(problemIn(await refresh(old.refresh_token))).toEqual(ended)
    }
    expect((await me(response.body.access_token)).status).toBe(200)
    expect((await refresh(response.body.refresh_token)).status).toBe(200)
    const logins = await Promise.all(
      [password, chosen].map((secret) =>
        app.call('post /api/auth/login', { body: { username: user, password: secret } }),
      ),
    )
    expect(logins.map(({ status }) => status)).toEqual([401, 200])
    const { rows } = await app.pool.query('select actor, action, subject, before, after from audit where actor = $1', [
      user,
    ])
    expect(rows).toEqual([{ actor: user, action: 'user.password-changed', subject: user, before: null, after: null }])
  })

  test('requires the current password, whose guesses are counted like sign-ins', async () => {
    const { access_token } = await app.signIn(user)
    const responses = []
    for (let i = 0; i < 11; i++) responses.push(problemIn(await change(access_token, 'wrong', chosen)))
    expect(responses).toEqual([...Array<unknown>(10).fill([401, 'invalid_credentials']), [429, 'too_many_requests']])
    expect((await me(access_token)).status).toBe(200)
  })

  test.each([
    ['short', 'short one', 'Use at least 12 characters.'],
    ['common', 'password1234', 'This password is too common. Choose another.'],
  ])('to a %s one is refused and ends nothing', async (_title, weak, detail) => {
    const { access_token } = await app.signIn(user)
    const response = await change(access_token, password, weak)
    expect(response.body).toMatchObject({ status: 400, code: 'weak_password', detail })
    expect((await me(access_token)).status).toBe(200)
  })

  test('simultaneously from two sessions happens once', async () => {
    const [one, other] = [await app.signIn(user), await app.signIn(user)]
    const responses = await Promise.all([
      change(one.access_token, password, 'first new password'),
      change(other.access_token, password, 'second new secret'),
    ])
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 401])
  })
})

test('a sign-in with the old password opens no session if the password changes during it', async () => {
  // The change locks the account after the sign-in has checked the password.
  const client = await app.pool.connect()
  await client.query('begin')
  await client.query('update account set token_version = token_version + 1 where id = $1', [id])
  const late = app.call('post /api/auth/login', { body: { username: user, password } })
  await expect
    .poll(async () => {
      const { rows } = await app.pool.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      )
      return rows[0]?.n
    })
    .toBe(1)
  await client.query('commit')
  client.release()
  expect(problemIn(await late)).toEqual([401, 'invalid_credentials'])
})
