import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Account } from '#shared/rest/users.ts'
import { authApp, type AuthApp, password } from '../support/auth-app.ts'
import { type ApiResponse, problemIn } from '../support/backend-app.ts'

let app: AuthApp
let token = ''
beforeAll(async () => {
  app = await authApp()
  await app.addAccount('ada', 'admin')
  token = (await app.signIn('ada')).access_token
})
afterAll(() => app.end())

const create = (body: unknown) => app.call<Account>('post /api/users', { token, body })
const change = (id: number, body: unknown, as = token) =>
  app.call<Account>(`patch /api/users/${id}`, { token: as, body })
const draft = (username: string) => ({
  username,
  email: `${username}@ops.example`,
  password: 'quartz lantern meadow',
  role: 'operator',
})
const auditOf = async (subject: string) => {
  const { rows } = await app.pool.query(
    'select actor, action, before, after from audit where subject = $1 order by id',
    [subject],
  )
  return rows as unknown[]
}

describe('creating a user', () => {
  test('creates an account that can sign in, and an audit row with the author', async () => {
    const { status, body } = await create(draft('bea'))
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        id: expect.any(Number),
        username: 'bea',
        email: 'bea@ops.example',
        created_at: expect.stringMatching(/Z$/),
        role: 'operator',
        disabled: false,
        last_sign_in: null,
      },
    })
    const login = { username: 'bea', password: 'quartz lantern meadow' }
    expect((await app.call('post /api/auth/login', { body: login })).status).toBe(200)
    const after = { username: 'bea', email: 'bea@ops.example', role: 'operator' }
    expect(await auditOf('bea')).toEqual([{ actor: 'ada', action: 'user.created', before: null, after }])
  })

  test.each([
    ['a taken name', draft('ada'), 409, 'user_exists'],
    ['a weak password', { ...draft('new'), password: 'qwertyuiop123' }, 400, 'weak_password'],
    ['an unknown role', { ...draft('new'), role: 'root' }, 400, 'invalid_request'],
  ])('with %s is refused', async (_title, body, status, code) => {
    expect(problemIn(await create(body))).toEqual([status, code])
  })
})

describe('changing a user', () => {
  test.each([
    ['another role', { role: 'viewer' }],
    ['disabling', { disabled: true }],
    ['a new password', { password: 'harbour violet anvil' }],
  ])('%s ends the sessions immediately', async (title, body) => {
    const name = title.replaceAll(' ', '-')
    const id = await app.addAccount(name, 'operator')
    const tokens = await app.signIn(name)
    expect((await change(id, body)).status).toBe(200)
    const refresh = { refresh_token: tokens.refresh_token }
    expect(problemIn(await app.call('get /api/auth/me', { token: tokens.access_token }))).toEqual([
      401,
      'session_ended',
    ])
    expect(problemIn(await app.call('post /api/auth/refresh', { body: refresh }))).toEqual(
      title === 'disabling' ? [403, 'account_disabled'] : [401, 'session_ended'],
    )
  })

  test('leaves audit rows with the state before and after, without a password', async () => {
    const id = await app.addAccount('cleo', 'viewer')
    await change(id, { role: 'operator', password: 'harbour violet anvil' })
    await change(id, { disabled: true })
    await change(id, { disabled: false })
    const enabled = { role: 'operator', disabled: false }
    const disabled = { role: 'operator', disabled: true }
    expect(await auditOf('cleo')).toEqual([
      { actor: 'ada', action: 'user.changed', before: { role: 'viewer', disabled: false }, after: enabled },
      { actor: 'ada', action: 'user.password-changed', before: null, after: null },
      { actor: 'ada', action: 'user.changed', before: enabled, after: disabled },
      { actor: 'ada', action: 'user.changed', before: disabled, after: enabled },
    ])
  })

  test('to the current values changes nothing and ends nothing', async () => {
    const id = await app.addAccount('dora', 'viewer')
    const tokens = await app.signIn('dora')
    const { status, body } = await change(id, { role: 'viewer', disabled: false })
    expect([status, body.role, body.disabled]).toEqual([200, 'viewer', false])
    expect((await app.call('get /api/auth/me', { token: tokens.access_token })).status).toBe(200)
    expect(await auditOf('dora')).toEqual([])
  })

  test('who is enabled again can sign in, but the old sessions stay ended', async () => {
    const id = await app.addAccount('enid', 'viewer')
    const tokens = await app.signIn('enid')
    await change(id, { disabled: true })
    await change(id, { disabled: false })
    expect(problemIn(await app.call('get /api/auth/me', { token: tokens.access_token }))).toEqual([
      401,
      'session_ended',
    ])
    expect((await app.signIn('enid')).expires_in).toBe(600)
  })

  test('that does not exist is 404, whatever the request', async () => {
    expect(problemIn(await change(2_147_483_647, {}))).toEqual([404, 'user_not_found'])
    expect(problemIn(await change(2_147_483_647, { disabled: true }))).toEqual([404, 'user_not_found'])
    expect(problemIn(await change(0, { disabled: true }))).toEqual([400, 'invalid_request'])
  })

  test('with a weak password, or with anything unknown, changes nothing', async () => {
    const id = await app.addAccount('fred', 'viewer')
    expect(problemIn(await change(id, { role: 'admin', password: 'short' }))).toEqual([400, 'weak_password'])
    expect(problemIn(await change(id, { role: 'admin', username: 'x' }))).toEqual([400, 'invalid_request'])
    expect((await change(id, {})).body.role).toBe('viewer')
  })

  test('does not let administrators skip their current password', async () => {
    const id = await app.addAccount('gus', 'admin')
    const { access_token } = await app.signIn('gus')
    expect(problemIn(await change(id, { password: 'harbour violet anvil' }, access_token))).toEqual([403, 'forbidden'])
    await change(id, { role: 'viewer' })
  })
})

describe('the last administrator', () => {
  test('can neither be demoted nor disabled', async () => {
    const { rows } = await app.pool.query<{ id: number }>(`select id from account where username = 'ada'`)
    const id = rows[0]?.id ?? 0
    expect(problemIn(await change(id, { role: 'viewer' }))).toEqual([409, 'last_admin'])
    expect(problemIn(await change(id, { disabled: true }))).toEqual([409, 'last_admin'])
    expect((await change(id, { role: 'admin' })).status).toBe(200)
  })

  test('remains after all administrators demote each other simultaneously, again and again', async () => {
    for (let round = 0; round < 5; round++) {
      const names = ['ada', `h${round}a`, `h${round}b`, `h${round}c`]
      for (const name of names.slice(1)) await app.addAccount(name, 'admin')
      const { rows } = await app.pool.query<{ id: number; username: string }>(
        'select id, username from account where username = any($1) order by id',
        [names],
      )
      const tokens = await Promise.all(rows.map(({ username }) => app.signIn(username)))
      const responses = await Promise.all(
        rows.map(({ id }, i) => {
          const how = i % 2 ? { disabled: true } : { role: 'viewer' }
          return change(id, how, tokens[(i + 1) % tokens.length]?.access_token)
        }),
      )
      const left = await app.pool.query(
        `select count(*)::int as n from account where role = 'admin' and disabled_at is null`,
      )
      expect(left.rows).not.toEqual([{ n: 0 }])
      expect(responses.every(({ status }) => [200, 401, 409].includes(status))).toBe(true)
      await app.pool.query(
        `update account set role = case when username = 'ada' then 'admin' else 'viewer' end, disabled_at = null
         where username = any($1)`,
        [names],
      )
      token = (await app.signIn('ada')).access_token
    }
  })
})

describe('lists', () => {
  const pages = async <T>(path: string): Promise<T[][]> => {
    const found: T[][] = []
    let next: string | undefined = path
    while (next !== undefined) {
      const response: ApiResponse<T[]> = await app.call<T[]>(`get ${next}`, { token })
      found.push(response.body)
      next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1]
    }
    return found
  }

  test('users are listed by name, page by page, each once', async () => {
    const found = await pages<Account>('/api/users?limit=7')
    const names = found.flat().map(({ username }) => username)
    const { rows } = await app.pool.query<{ username: string }>('select username from account order by username_key')
    expect(names).toEqual(rows.map(({ username }) => username))
    expect(found.slice(0, -1).map((rowsOfPage) => rowsOfPage.length)).toEqual(found.slice(1).map(() => 7))
    expect(found[0]?.find(({ username }) => username === 'ada')?.last_sign_in).toMatch(/Z$/)
  })

  test('an operator sees the names of those who can act on alerts, and nothing else of them', async () => {
    const id = await app.addAccount('was-here', 'operator')
    await change(id, { disabled: true })
    await app.addAccount('olga', 'operator')
    await app.addAccount('vic', 'viewer')
    const { access_token } = await app.signIn('olga')
    const { rows } = await app.pool.query<{ username: string }>(
      `select username from account where disabled_at is null and role in ('operator', 'admin') order by username_key`,
    )
    const { body } = await app.call<object[]>('get /api/users/names', { token: access_token })
    expect(body).toEqual(rows)
    expect(body).toEqual(expect.arrayContaining([{ username: 'ada' }, { username: 'olga' }]))
    expect(body).not.toEqual(expect.arrayContaining([{ username: 'was-here' }]))
    expect((await pages('/api/users/names?limit=2')).flat()).toEqual(rows)
    const viewer = await app.signIn('vic')
    expect(problemIn(await app.call('get /api/users/names', { token: viewer.access_token }))).toEqual([
      403,
      'forbidden',
    ])
  })

  test('audit rows are listed newest first, page by page, each once', async () => {
    const found = (await pages<{ id: string; at: string; actor: string }>('/api/audit?limit=5')).flat()
    const ids = found.map(({ id }) => Number(id))
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a))
    const { rows } = await app.pool.query('select count(*)::int as n from audit')
    expect(rows).toEqual([{ n: ids.length }])
  })

  test.each(['/api/users', '/api/users/names', '/api/audit'])('%s refuses an invalid cursor', async (path) => {
    for (const cursor of ['x', 'W10', Buffer.from('["1","2"]').toString('base64url'), 'bnVsbA']) {
      expect(problemIn(await app.call(`get ${path}?cursor=${cursor}`, { token }))).toEqual([400, 'invalid_request'])
    }
  })
})

test.each(['viewer', 'operator'] as const)('a %s may do none of it, and that is logged', async (role) => {
  const id = await app.addAccount(`low-${role}`, role)
  const { access_token } = await app.signIn(`low-${role}`)
  app.lines.length = 0
  const responses = [
    await app.call('get /api/users', { token: access_token }),
    await app.call('post /api/users', { token: access_token, body: { ...draft('mine'), password } }),
    await change(id, { role: 'admin' }, access_token),
    await app.call('get /api/audit', { token: access_token }),
  ]
  expect(responses.map(problemIn)).toEqual(responses.map(() => [403, 'forbidden']))
  expect(app.lines.filter(({ message }) => message === 'request refused')).toHaveLength(4)
})
