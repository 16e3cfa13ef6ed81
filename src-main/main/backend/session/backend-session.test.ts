import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listAlertsOperation } from '#shared/rest/alerts.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import { logTo } from '../../../threads/thread-log.ts'
import { InMemorySecrets } from '../../secrets/in-memory-secrets.ts'
import { BackendSession } from './backend-session.ts'
import { BackendProbe } from '../backend-probe.ts'
import { RestClient } from '../rest/rest-client.ts'
import type { SavedSession } from './sign-in-state.ts'
import { aProblem, startTestServer, type TestServer } from '../test-server.ts'
import { TestSignIn } from '../test-sign-in.ts'

let backend: TestSignIn
let server: TestServer
let now: number
let runs: Array<() => Promise<void>>
let logged: string[]
const secrets = { store: new InMemorySecrets('The keychain is locked.') }
let saved: SavedSession

beforeEach(async () => {
  backend = new TestSignIn()
  server = await startTestServer(backend.answer)
  now = 1_000_000
  runs = []
  logged = []
  saved = {}
  secrets.store = new InMemorySecrets('The keychain is locked.')
})
afterEach(async () => {
  for (const end of runs) await end()
  await server.close()
})

/** One run of a console, with the state of the run before. */
function aRun(): { session: BackendSession; notified: OperatorSession[]; probe: BackendProbe } {
  const client = new RestClient({ url: server.url, fetch, onResponse: () => undefined })
  const probe = new BackendProbe({ client, now: () => now, random: () => 0.5 })
  const session = new BackendSession({
    url: server.url,
    client,
    link: probe,
    secrets: secrets.store,
    stateFile: {
      get value() {
        return saved
      },
      update: (changes) => {
        saved = { ...saved, ...changes }
      },
    },
    now: () => now,
    log: logTo((line) => logged.push(JSON.stringify(line))),
  })
  const notified: OperatorSession[] = []
  session.onChange((one) => notified.push(one))
  session.start()
  runs.push(async () => {
    probe.end()
    await session.end()
  })
  return { session, notified, probe }
}

const listed = { ok: true, body: [] }
const signedOut = (reason: string) => expect.objectContaining({ kind: 'signed-out', reason }) as unknown
const alerts = (session: BackendSession) => session.call(listAlertsOperation, { query: {} })
const alertsLater = (session: BackendSession) => ((now += 600_000), alerts(session))

describe('signing in', () => {
  test('creates a session with the role from the backend, and reports that it is not kept', async () => {
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
  ])('%s has a sentence, and no user is signed in', async (_name, arrange, code, message) => {
    const { session, notified } = aRun()
    arrange()
    await expect(session.signIn('ada', 'guess')).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as unknown,
    })
    expect([session.session, notified]).toEqual([signedOut('never'), []])
  })

  test('an unreachable backend has a sentence', async () => {
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
  test('is renewed before its expiry, once for all callers', async () => {
    const { session } = aRun()
    await session.signIn('ada', 'correct horse')
    now += 500_000
    expect(await Promise.all([alerts(session), alerts(session), alerts(session)])).toEqual([listed, listed, listed])
    expect(backend.refreshes).toBe(1)
  })

  test('is renewed by a timer, too: an idle console stays signed in', async () => {
    backend.expiresIn = 1
    const { session } = aRun()
    await session.signIn('ada', 'correct horse')
    now += 1000
    await expect.poll(() => backend.refreshes).toBe(1)
    expect(session.session.kind).toBe('signed-in')
  })

  test('counts from its receipt, independent of the backend clock', async () => {
    const { session } = aRun()
    now = 5_000_000_000_000
    await session.signIn('ada', 'correct horse')
    await alerts(session)
    expect(backend.refreshes).toBe(0)
  })

  test('that the backend refuses is renewed, and the call is retried once', async () => {
    const { session } = aRun()
    await session.signIn('ada', 'correct horse')
    backend.accessToken = 'another one'
    expect(await alerts(session)).toEqual(listed)
    expect(backend.refreshes).toBe(1)
  })

  test('continues after the response to a refresh was lost', async () => {
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
    ['an expired session', () => backend.endSession(), 'expired'],
    [
      'a disabled user',
      () => {
        backend.endSession()
        backend.disabled = true
      },
      'disabled',
    ],
  ])('%s signs out with its reason, and the token is deleted', async (_name, arrange, reason) => {
    const { session, notified } = aRun()
    await session.signIn('ada', 'correct horse')
    arrange()
    expect(await alerts(session)).toEqual({ ok: false, failure: { kind: 'signed-out' } })
    expect([session.session, notified.at(-1)]).toEqual([signedOut(reason), signedOut(reason)])
    await session.end()
    expect(await secrets.store.read(`ada at ${server.url}`)).toBeUndefined()
  })

  test('a backend that is temporarily unavailable ends no session', async () => {
    const { session } = aRun()
    await session.signIn('ada', 'correct horse')
    now += 600_000
    server.response = () => aProblem('unavailable')
    expect(await alerts(session)).toMatchObject({ ok: false, failure: { kind: 'problem' } })
    expect(session.session.kind).toBe('signed-in')
  })
})

describe('a later run', () => {
  test('continues the session and receives a new role', async () => {
    await aRun().session.signIn('ada', 'correct horse')
    backend.role = 'viewer'
    const { session, probe } = aRun()
    expect(session.session).toMatchObject({ kind: 'signed-in', user: { username: 'ada', role: 'operator' } })
    probe.start()
    await expect
      .poll(() => session.session)
      .toMatchObject({ link: { reachable: true }, user: { username: 'ada', role: 'viewer' } })
    await runs[1]?.()
    expect(await secrets.store.read(`ada at ${server.url}`)).toBe(backend.refreshToken)
  })

  test('without the backend works as the last known user, and continues when it is reachable', async () => {
    await aRun().session.signIn('ada', 'correct horse')
    await server.close()
    const { session } = aRun()
    expect(await alerts(session)).toMatchObject({ ok: false, failure: { kind: 'unreachable' } })
    expect(session.session).toMatchObject({ kind: 'signed-in', user: { username: 'ada', role: 'operator' } })
    await server.open()
    expect(await alerts(session)).toEqual(listed)
  })

  test('without its secret asks to sign in again', async () => {
    await aRun().session.signIn('ada', 'correct horse')
    await runs[0]?.()
    secrets.store = new InMemorySecrets('The keychain is locked.')
    const { session } = aRun()
    await expect.poll(() => session.session).toEqual(signedOut('expired'))
  })
})

describe('signing out', () => {
  test('ends the session at the backend and deletes its token', async () => {
    const { session } = aRun()
    await session.signIn('ada', 'correct horse')
    expect(await session.signOut()).toEqual(signedOut('signed-out'))
    await expect.poll(() => backend.refreshToken).toBe('')
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

  describe('while the backend is unreachable', () => {
    const dayMs = 24 * 3_600_000
    /** Signs in, signs out while the backend is unreachable, and ends the run. */
    async function aSignOutAlone(): Promise<void> {
      const { session } = aRun()
      await session.signIn('ada', 'correct horse')
      await server.close()
      await session.signOut()
      await session.end()
      await server.open()
    }
    const kept = () => secrets.store.read(`signed out at ${server.url}`)

    test('is sent when the backend is reachable again', async () => {
      const { session, probe } = aRun()
      await session.signIn('ada', 'correct horse')
      probe.start()
      await expect.poll(() => probe.link.reachable).toBe(true)
      await server.close()
      probe.probeNow()
      await expect.poll(() => probe.link.reachable).toBe(false)
      await session.signOut()
      await expect.poll(async () => [backend.refreshToken, await kept()]).toEqual(Array(2).fill('secret-refresh-1'))
      await server.open()
      probe.probeNow()
      await expect.poll(() => backend.refreshToken).toBe('')
      await session.end()
      expect([await kept(), saved.pendingSignOut]).toEqual([undefined, undefined])
    })

    test('is sent if the backend became reachable before the first attempt failed', async () => {
      const { session, probe } = aRun()
      await session.signIn('ada', 'correct horse')
      probe.start()
      await expect.poll(() => probe.link.reachable).toBe(true)
      server.response = (request) => {
        if (request.path !== '/api/auth/logout') return backend.answer(request)
        server.response = backend.answer
        return aProblem('unavailable')
      }
      await session.signOut()
      await session.end()
      expect([backend.refreshToken, await kept(), saved.pendingSignOut]).toEqual(['', undefined, undefined])
    })

    test('is sent by the first later run that reaches the backend', async () => {
      await aSignOutAlone()
      expect(saved).toMatchObject({ ended: 'signed-out', pendingSignOut: { until: 1_000_000 + 7 * dayMs } })
      const { session, probe } = aRun()
      server.response = (request) =>
        request.path === '/api/auth/logout' ? aProblem('unavailable') : backend.answer(request)
      probe.start()
      await expect.poll(() => server.requests.at(-1)?.path).toBe('/api/auth/logout')
      await session.end()
      expect(await kept()).toBe('secret-refresh-1')

      server.response = backend.answer
      const next = aRun()
      next.probe.start()
      await expect.poll(() => backend.refreshToken).toBe('')
      await next.session.end()
      expect(await kept()).toBeUndefined()
    })

    test('is dropped after the session has expired at the backend', async () => {
      await aSignOutAlone()
      now += 7 * dayMs + 1
      const before = server.requests.length
      const { session, probe } = aRun()
      probe.start()
      await expect.poll(() => probe.link.reachable).toBe(true)
      await session.end()
      expect([server.requests.slice(before).map(({ path }) => path), await kept()]).toEqual([['/health'], undefined])
    })

    test('is not sent to another backend', async () => {
      await aSignOutAlone()
      saved = { ...saved, pendingSignOut: { backendUrl: 'http://elsewhere', until: now + dayMs } }
      const { session, probe } = aRun()
      probe.start()
      await expect.poll(() => probe.link.reachable).toBe(true)
      await session.end()
      expect([backend.refreshToken, saved.pendingSignOut?.backendUrl]).toEqual(['secret-refresh-1', 'http://elsewhere'])
    })
  })
})

test('a changed password continues with the new tokens; a wrong one has a sentence and ends nothing', async () => {
  const { session } = aRun()
  await session.signIn('ada', 'correct horse')
  await session.changePassword('correct horse', 'battery staple')
  await expect(session.changePassword('wrong', 'battery staple')).rejects.toMatchObject({ code: 'bad-request' })
  expect([await alerts(session), backend.refreshes]).toEqual([listed, 0])
})

test('neither log nor state file contains a password or token', async () => {
  const { session } = aRun()
  await session.signIn('ada', 'guess').catch(() => undefined)
  await session.signIn('ada', 'correct horse')
  await alertsLater(session)
  backend.endSession()
  await alertsLater(session)
  await session.signIn('ada', 'correct horse')
  await session.signOut()
  expect(logged.join('\n')).toContain('signed in')
  expect(logged.join('\n') + JSON.stringify(saved)).not.toMatch(/secret-|correct horse|guess/)
})
