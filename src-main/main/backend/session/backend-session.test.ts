import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { listAlertsOperation } from '#shared/rest/alerts.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import { logTo } from '../../../threads/thread-log.ts'
import { InMemorySecrets } from '../../secrets/in-memory-secrets.ts'
import { BackendSession } from './backend-session.ts'
import { BackendProbe } from '../backend-probe.ts'
import { RestClient } from '../rest/rest-client.ts'
import type { SavedSession } from './sign-in-state.ts'
import { aProblem, startTestServer } from '../test-server.ts'
import type { TestServer } from '../test-server.ts'
import { TestSignIn } from '../test-sign-in.ts'

let backend: TestSignIn
let server: TestServer
let now: number
let runs: Array<() => Promise<void>>
let logged: string[]
const secrets = { store: new InMemorySecrets('The keychain is locked.') }
let remembered: SavedSession

beforeEach(async () => {
  backend = new TestSignIn()
  server = await startTestServer(backend.answer)
  now = 1_000_000
  runs = []
  logged = []
  remembered = {}
  secrets.store = new InMemorySecrets('The keychain is locked.')
})
afterEach(async () => {
  for (const end of runs) await end()
  await server.close()
})

/** One run of a console; what was kept by the one before is there. */
function aRun(): { session: BackendSession; notified: OperatorSession[]; watch: BackendProbe } {
  const client = new RestClient({ url: server.url, fetch, onResponse: () => undefined })
  const watch = new BackendProbe({ client, now: () => now, random: () => 0.5 })
  const session = new BackendSession({
    url: server.url,
    client,
    link: watch,
    secrets: secrets.store,
    stateFile: {
      get value() {
        return remembered
      },
      update: (changes) => {
        remembered = { ...remembered, ...changes }
      },
    },
    now: () => now,
    log: logTo((line) => logged.push(JSON.stringify(line))),
  })
  const notified: OperatorSession[] = []
  session.onChange((one) => notified.push(one))
  session.start()
  runs.push(async () => {
    watch.end()
    await session.end()
  })
  return { session, notified, watch }
}

const listed = { ok: true, body: [] }
const signedOut = (reason: string) => expect.objectContaining({ kind: 'signed-out', reason }) as unknown
const alerts = (session: BackendSession) => session.call(listAlertsOperation, { query: {} })

describe('signing in', () => {
  test('makes a session with the role that the backend tells, and says that it is not kept', async () => {
    const { session } = aRun()
    expect(session.session).toEqual(signedOut('never'))
    expect(await session.signIn('ada', 'correct horse')).toEqual({
      kind: 'signed-in',
      backendUrl: server.url,
      link: { reachable: false, since: 1_000_000, detail: 'ReMo is connecting to the backend.' },
      user: { username: 'ada', role: 'operator' },
      notKept: 'The keychain is locked.',
    })
    expect(await alerts(session)).toEqual(listed)
  })

  test.each([
    ['a wrong password', () => undefined, 'bad-request', /^Wrong username or password\.$/],
    ['a disabled account', () => (backend.disabled = true), 'forbidden', /disabled/],
    [
      'too many attempts',
      () => (server.response = () => ({ ...aProblem('too_many_requests'), headers: { 'retry-after': '8' } })),
      'unavailable',
      /^Too many attempts. Try again in 8 s\.$/,
    ],
  ])('%s is told in a sentence, and nobody is signed in', async (_name, arrange, code, message) => {
    const { session, notified } = aRun()
    arrange()
    await expect(session.signIn('ada', 'guess')).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as unknown,
    })
    expect([session.session, notified]).toEqual([signedOut('never'), []])
  })

  test('a backend that is away is told in a sentence', async () => {
    const { session } = aRun()
    await server.close()
    await expect(session.signIn('ada', 'correct horse')).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The backend is unavailable. Nothing is listening at its address.',
    })
    await server.open()
  })
})

describe('access', () => {
  test('is renewed ahead of its end, once for all who need it', async () => {
    const { session } = aRun()
    await session.signIn('ada', 'correct horse')
    now += 500_000
    expect(await Promise.all([alerts(session), alerts(session), alerts(session)])).toEqual([listed, listed, listed])
    expect(backend.refreshes).toBe(1)
  })

  test('is renewed by the clock, too: a console that only watches stays signed in', async () => {
    backend.expiresIn = 1
    const { session } = aRun()
    await session.signIn('ada', 'correct horse')
    now += 1000
    await vi.waitFor(() => expect(backend.refreshes).toBe(1), 5000)
    expect(session.session.kind).toBe('signed-in')
  })

  test('counts from its receipt, whatever the clock of the backend says', async () => {
    const { session } = aRun()
    now = 5_000_000_000_000
    await session.signIn('ada', 'correct horse')
    await alerts(session)
    expect(backend.refreshes).toBe(0)
  })

  test('that the backend does not take any more is renewed, and the call made once more', async () => {
    const { session } = aRun()
    await session.signIn('ada', 'correct horse')
    backend.accessToken = 'another one'
    expect(await alerts(session)).toEqual(listed)
    expect(backend.refreshes).toBe(1)
  })

  test('goes on when the answer to a refresh was lost', async () => {
    const { session } = aRun()
    await session.signIn('ada', 'correct horse')
    now += 600_000
    let lost = false
    server.response = (request) => {
      if (request.path !== '/api/auth/refresh' || lost) return backend.answer(request)
      lost = true
      return { status: 502, body: '<html>' }
    }
    expect(await alerts(session)).toEqual(listed)
  })

  test.each([
    ['an ended session', () => backend.endSession(), 'expired'],
    [
      'a disabled user',
      () => {
        backend.endSession()
        backend.disabled = true
      },
      'disabled',
    ],
  ])('%s signs out with its reason, and the token is forgotten', async (_name, arrange, reason) => {
    const { session, notified } = aRun()
    await session.signIn('ada', 'correct horse')
    arrange()
    expect(await alerts(session)).toEqual({ ok: false, failure: { kind: 'signed-out' } })
    expect([session.session, notified.at(-1)]).toEqual([signedOut(reason), signedOut(reason)])
    await session.end()
    expect(await secrets.store.read(`ada at ${server.url}`)).toBeUndefined()
  })

  test('a backend that cannot answer just now ends no session', async () => {
    const { session } = aRun()
    await session.signIn('ada', 'correct horse')
    now += 600_000
    server.response = () => aProblem('unavailable')
    expect(await alerts(session)).toMatchObject({ ok: false, failure: { kind: 'problem' } })
    expect(session.session.kind).toBe('signed-in')
  })
})

describe('a later run', () => {
  test('goes on with the session, and hears of a new role', async () => {
    await aRun().session.signIn('ada', 'correct horse')
    backend.role = 'viewer'
    const { session, watch } = aRun()
    expect(session.session).toMatchObject({ kind: 'signed-in', user: { username: 'ada', role: 'operator' } })
    watch.start()
    await vi.waitFor(() =>
      expect(session.session).toMatchObject({ link: { reachable: true }, user: { username: 'ada', role: 'viewer' } }),
    )
    await runs[1]?.()
    expect(await secrets.store.read(`ada at ${server.url}`)).toBe(backend.refreshToken)
  })

  test('without the backend works as the last known user, and goes on when it is back', async () => {
    await aRun().session.signIn('ada', 'correct horse')
    await server.close()
    const { session } = aRun()
    expect(await alerts(session)).toMatchObject({ ok: false, failure: { kind: 'unreachable' } })
    expect(session.session).toMatchObject({ kind: 'signed-in', user: { username: 'ada', role: 'operator' } })
    await server.open()
    expect(await alerts(session)).toEqual(listed)
  })

  test('whose secret is gone asks to sign in again', async () => {
    await aRun().session.signIn('ada', 'correct horse')
    await runs[0]?.()
    secrets.store = new InMemorySecrets('The keychain is locked.')
    const { session } = aRun()
    await vi.waitFor(() => expect(session.session).toEqual(signedOut('expired')))
  })
})

describe('signing out', () => {
  test('ends the session at the backend and forgets its token', async () => {
    const { session } = aRun()
    await session.signIn('ada', 'correct horse')
    expect(await session.signOut()).toEqual(signedOut('signed-out'))
    await vi.waitFor(() => expect(backend.refreshToken).toBe(''))
    await session.end()
    expect(await secrets.store.read(`ada at ${server.url}`)).toBeUndefined()
    expect(aRun().session.session).toEqual(signedOut('signed-out'))
  })

  test('works without the backend', async () => {
    const { session } = aRun()
    await session.signIn('ada', 'correct horse')
    await server.close()
    expect(await session.signOut()).toEqual(signedOut('signed-out'))
    await server.open()
    expect(await alerts(session)).toEqual({ ok: false, failure: { kind: 'signed-out' } })
  })

  describe('while the backend is away', () => {
    const dayMs = 24 * 3_600_000
    /** Signed in, and out again with nobody there; then this run ends. */
    async function aSignOutAlone(): Promise<void> {
      const { session } = aRun()
      await session.signIn('ada', 'correct horse')
      await server.close()
      await session.signOut()
      await session.end()
      await server.open()
    }
    const kept = () => secrets.store.read(`signed out at ${server.url}`)

    test('is told to it when it answers again', async () => {
      const { session, watch } = aRun()
      await session.signIn('ada', 'correct horse')
      watch.start()
      await vi.waitFor(() => expect(watch.link.reachable).toBe(true))
      await server.close()
      watch.probeNow()
      await vi.waitFor(() => expect(watch.link.reachable).toBe(false))
      await session.signOut()
      expect([backend.refreshToken, await vi.waitUntil(kept)]).toEqual(['secret-refresh-1', 'secret-refresh-1'])
      await server.open()
      watch.probeNow()
      await vi.waitFor(() => expect(backend.refreshToken).toBe(''))
      await session.end()
      expect([await kept(), remembered.pendingSignOut]).toEqual([undefined, undefined])
    })

    test('is told to it when it has come back before the attempt to tell it failed', async () => {
      const { session, watch } = aRun()
      await session.signIn('ada', 'correct horse')
      watch.start()
      await vi.waitFor(() => expect(watch.link.reachable).toBe(true))
      server.response = (request) => {
        if (request.path !== '/api/auth/logout') return backend.answer(request)
        server.response = backend.answer
        return aProblem('unavailable')
      }
      await session.signOut()
      await session.end()
      expect([backend.refreshToken, await kept(), remembered.pendingSignOut]).toEqual(['', undefined, undefined])
    })

    test('is told by the first later run that can', async () => {
      await aSignOutAlone()
      expect(remembered).toMatchObject({ ended: 'signed-out', pendingSignOut: { until: 1_000_000 + 7 * dayMs } })
      const { session, watch } = aRun()
      server.response = (request) =>
        request.path === '/api/auth/logout' ? aProblem('unavailable') : backend.answer(request)
      watch.start()
      await vi.waitFor(() => expect(server.requests.at(-1)?.path).toBe('/api/auth/logout'))
      await session.end()
      expect(await kept()).toBe('secret-refresh-1')

      server.response = backend.answer
      const next = aRun()
      next.watch.start()
      await vi.waitFor(() => expect(backend.refreshToken).toBe(''))
      await next.session.end()
      expect(await kept()).toBeUndefined()
    })

    test('is forgotten when the session there has ended by itself', async () => {
      await aSignOutAlone()
      now += 7 * dayMs + 1
      const before = server.requests.length
      const { session, watch } = aRun()
      watch.start()
      await vi.waitFor(() => expect(watch.link.reachable).toBe(true))
      await session.end()
      expect([server.requests.slice(before).map(({ path }) => path), await kept()]).toEqual([['/health'], undefined])
    })

    test('concerns no other backend', async () => {
      await aSignOutAlone()
      remembered = { ...remembered, pendingSignOut: { backendUrl: 'http://elsewhere', until: now + dayMs } }
      const { session, watch } = aRun()
      watch.start()
      await vi.waitFor(() => expect(watch.link.reachable).toBe(true))
      await session.end()
      expect([backend.refreshToken, remembered.pendingSignOut?.backendUrl]).toEqual([
        'secret-refresh-1',
        'http://elsewhere',
      ])
    })
  })
})

test('a changed password goes on with the new tokens; a wrong one is told and ends nothing', async () => {
  const { session } = aRun()
  await session.signIn('ada', 'correct horse')
  await session.changePassword('correct horse', 'battery staple')
  await expect(session.changePassword('wrong', 'battery staple')).rejects.toMatchObject({ code: 'bad-request' })
  expect([await alerts(session), backend.refreshes]).toEqual([listed, 0])
})

test('no password and no token is ever in the log, nor in what is remembered in the clear', async () => {
  const { session } = aRun()
  await session.signIn('ada', 'guess').catch(() => undefined)
  await session.signIn('ada', 'correct horse')
  now += 600_000
  await alerts(session)
  backend.endSession()
  now += 600_000
  await alerts(session)
  await session.signIn('ada', 'correct horse')
  await session.signOut()
  expect(logged.join('\n')).toContain('signed in')
  expect(logged.join('\n') + JSON.stringify(remembered)).not.toMatch(/secret-|correct horse|guess/)
})
