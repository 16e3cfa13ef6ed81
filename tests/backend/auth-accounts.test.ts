import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Tokens } from '#shared/rest/auth.ts'
import { createAuth } from '../../src-backend/auth/create-auth.ts'
import { authApp, type AuthApp, password, signingKey } from '../support/auth-app.ts'
import { problemIn } from '../support/backend-app.ts'
import { nullLog } from '../support/null-log.ts'

const applicant = (username: string, email = `${username}@ops.example`) => ({ username, email, password })

describe('registration', () => {
  let app: AuthApp
  beforeAll(async () => {
    app = await authApp({ registration: 'open' })
  })
  afterAll(() => app.end())
  const register = (body: unknown) => app.call('post /api/auth/register', { body })

  test('creates a viewer, who can sign in and read', async () => {
    const { status, body } = await register(applicant('Vera'))
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        id: expect.any(Number),
        username: 'Vera',
        email: 'Vera@ops.example',
        created_at: expect.stringMatching(/Z$/),
        role: 'viewer',
      },
    })
    const { access_token: token } = await app.signIn('Vera')
    expect(problemIn(await app.call('get /api/users', { token }))).toEqual([403, 'forbidden'])
    const { rows } = await app.pool.query(`select actor, action, subject, after from audit where actor = 'Vera'`)
    const after = { username: 'Vera', email: 'Vera@ops.example', role: 'viewer' }
    expect(rows).toEqual([{ actor: 'Vera', action: 'user.registered', subject: 'Vera', after }])
  })

  test('of a taken name or address is refused with the sentences of the first ReMo', async () => {
    await register(applicant('walt'))
    const responses = [
      await register(applicant('WALT', 'other@ops.example')),
      await register(applicant('wally', 'Walt@OPS.example')),
    ]
    expect(responses.map(({ body }) => body)).toMatchObject([
      { status: 409, code: 'user_exists', detail: 'Username already registered' },
      { status: 409, code: 'user_exists', detail: 'Email already registered' },
    ])
  })

  test('of one name ten times simultaneously creates one account', async () => {
    const responses = await Promise.all(
      Array.from({ length: 10 }, (_, i) => register(applicant('twin', `twin${i}@ops.example`))),
    )
    expect(responses.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(409)])
  })

  test.each([
    ['a role', { ...applicant('eve'), role: 'admin' }, 'invalid_request'],
    ['a name that looks like two', applicant('eve adam'), 'invalid_request'],
    ['no address', { ...applicant('eve'), email: 'eve' }, 'invalid_request'],
    ['a short password', { ...applicant('eve'), password: 'short one' }, 'weak_password'],
    ['its name as password', { ...applicant('evelyn'), password: 'evelyn evelyn' }, 'weak_password'],
  ])('with %s is refused', async (_title, body, code) => {
    expect(problemIn(await register(body))).toEqual([400, code])
  })

  test('is closed by default', async () => {
    const closed = await authApp()
    const response = await closed.call('post /api/auth/register', { body: applicant('vera') })
    expect(problemIn(response)).toEqual([403, 'registration_closed'])
    await closed.end()
  })
})

describe('the first start', () => {
  let app: AuthApp
  beforeEach(async () => {
    app = await authApp()
  })
  afterEach(() => app.end())
  const setUp = (token: string, username = 'root') =>
    app.call('post /api/auth/setup', { body: { ...applicant(username), token } })
  const writtenTokens = () => app.lines.flatMap(({ fields }) => (fields['setupToken'] as string | undefined) ?? [])

  test('writes one set-up token to the log, however many replicas start and restart', async () => {
    await Promise.all([app.auth.prepare(), app.auth.prepare(), app.auth.prepare()])
    await app.auth.prepare()
    expect(writtenTokens()).toEqual([expect.stringMatching(/^[\w-]{43}$/)])
    const { rows } = await app.pool.query<{ row: string }>('select s::text as row from setup_token s')
    expect(rows.map(({ row }) => row.includes(writtenTokens()[0] ?? ''))).toEqual([false])
  })

  test('the token creates one administrator, once', async () => {
    await app.auth.prepare()
    const [token = ''] = writtenTokens()
    expect(problemIn(await setUp('wrong'))).toEqual([403, 'setup_refused'])
    const responses = await Promise.all([1, 2, 3].map((i) => setUp(token, `root${i}`)))
    expect(responses.map(({ status }) => status).sort()).toEqual([201, 403, 403])
    expect(problemIn(await setUp(token))).toEqual([403, 'setup_refused'])
    const { rows } = await app.pool.query('select role from account')
    expect(rows).toEqual([{ role: 'admin' }])
    app.lines.length = 0
    await app.auth.prepare()
    expect(app.lines).toEqual([])
  })

  test('a weak password or a taken name does not use up the token', async () => {
    await app.addAccount('taken')
    await app.auth.prepare()
    const [token = ''] = writtenTokens()
    const weak = await app.call('post /api/auth/setup', { body: { ...applicant('root'), password: 'weak', token } })
    expect(problemIn(weak)).toEqual([400, 'weak_password'])
    expect(problemIn(await setUp(token, 'taken'))).toEqual([409, 'user_exists'])
    expect((await setUp(token)).status).toBe(201)
  })

  test('no token is written if an administrator exists', async () => {
    await app.addAccount('ada', 'admin')
    await app.auth.prepare()
    expect(app.lines).toEqual([])
  })

  test('the demo, and only the demo, seeds admin/admin123, and says so at each start', async () => {
    const demoLogin = () => app.call('post /api/auth/login', { body: { username: 'admin', password: 'admin123' } })
    await app.auth.prepare()
    expect((await demoLogin()).status).toBe(401)
    const config = { jwtSecretKey: 'x'.repeat(32), demo: true, registration: 'open', passwordMinLength: 12 } as const
    const log = { ...nullLog, warn: (message: string) => warnings.push(message) }
    const warnings: string[] = []
    const demo = createAuth({ pool: app.pool, config, log, now: Date.now })
    await Promise.all(Array.from({ length: 5 }, () => demo.prepare()))
    expect((await demoLogin()).status).toBe(200)
    expect(warnings).toEqual(Array(5).fill(expect.stringMatching(/^DEMO: anyone can sign in as admin with/)))
    const { rows } = await app.pool.query('select username, email, role from account')
    expect(rows).toEqual([{ username: 'admin', email: 'admin@remo.local', role: 'admin' }])
    const tokens = await app.pool.query('select count(*)::int as n from setup_token')
    expect(tokens.rows).toEqual([{ n: 0 }])
  })

  test('the demo, and only the demo, tells its sign-in, until its password is another one', async () => {
    const known = { username: 'admin', password: 'admin123' }
    const info = async (one: AuthApp) => (await one.call('get /api/auth/sign-in-info')).body
    expect(await info(app)).toEqual({ demo: null })
    const demo = await authApp({ demo: true, passwordMinLength: 8 })
    onTestFinished(() => demo.end())
    expect(await info(demo)).toEqual({ demo: null })
    await demo.auth.prepare()
    expect(await info(demo)).toEqual({ demo: known })
    const { body } = await demo.call<Tokens>('post /api/auth/login', { body: known })
    const change = { current_password: known.password, new_password: 'amber kettle of rain' }
    await demo.call('post /api/auth/password', { token: body.access_token, body: change })
    expect(await info(demo)).toEqual({ demo: null })
  })

  test('an account with the name and password of the demo is not told by another backend', async () => {
    const demo = await authApp({ demo: true, passwordMinLength: 8 })
    onTestFinished(() => demo.end())
    await demo.auth.prepare()
    const config = { jwtSecretKey: signingKey, demo: false, registration: 'closed', passwordMinLength: 12 } as const
    const { routes } = createAuth({ pool: demo.pool, config, log: nullLog, now: Date.now })
    const route = routes.find(({ operation }) => operation.path === '/api/auth/sign-in-info')
    expect(await route?.handler({ pool: demo.pool } as never)).toEqual({ body: { demo: null } })
  })
})
