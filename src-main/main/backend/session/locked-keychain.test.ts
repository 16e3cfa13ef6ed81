import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listAlertsOperation } from '#shared/rest/alerts.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import { logTo } from '../../../threads/thread-log.ts'
import { InMemorySecrets } from '../../secrets/in-memory-secrets.ts'
import type { SecretStore } from '../../secrets/secret-store.ts'
import { BackendProbe } from '../backend-probe.ts'
import { RestClient } from '../rest/rest-client.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import { TestSignIn } from '../test-sign-in.ts'
import { BackendSession } from './backend-session.ts'
import type { SavedSession } from './sign-in-state.ts'

let backend: TestSignIn
let server: TestServer
let now: number
let runs: Array<() => Promise<void>>
let secrets: SecretStore
let saved: SavedSession

beforeEach(async () => {
  backend = new TestSignIn()
  server = await startTestServer(backend.answer)
  now = 1_000_000
  runs = []
  saved = {}
  secrets = new InMemorySecrets('A test.')
})
afterEach(async () => {
  for (const end of runs) await end()
  await server.close()
})

/** A keychain that answers only after `answer`. Until then it finds nothing, and keeps what is written. */
class LockedSecrets extends InMemorySecrets {
  override isAnswering = false
  readonly #stored: ReadonlyMap<string, string>
  #listener = (): void => undefined

  constructor(stored: ReadonlyMap<string, string>) {
    super('The keychain does not answer.')
    this.#stored = stored
  }

  override onAnswer(listener: () => void): () => void {
    this.#listener = listener
    return () => (this.#listener = () => undefined)
  }

  override async read(account: string): Promise<string | undefined> {
    return (await super.read(account)) ?? (this.isAnswering ? this.#stored.get(account) : undefined)
  }

  answer(): void {
    this.isAnswering = true
    this.#listener()
  }
}

/** One run of a console, with the state of the run before. */
function aRun(): { session: BackendSession; notified: OperatorSession[]; probe: BackendProbe } {
  const client = new RestClient({ url: server.url, fetch, onResponse: () => undefined })
  const probe = new BackendProbe({ client, now: () => now, random: () => 0.5 })
  const stateFile = {
    get value() {
      return saved
    },
    update: (changes: SavedSession) => {
      saved = { ...saved, ...changes }
    },
  }
  const log = logTo(() => undefined)
  const session = new BackendSession({ url: server.url, client, link: probe, secrets, stateFile, now: () => now, log })
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

describe('while the keychain does not answer', () => {
  /** A run after one in which `ada` signed in. */
  async function aLockedRun(stored = true) {
    await aRun().session.signIn('ada', 'correct horse')
    await runs[0]?.()
    const account = `ada at ${server.url}`
    const token = await secrets.read(account)
    const locked = new LockedSecrets(new Map(stored ? [[account, token ?? '']] : []))
    secrets = locked
    const run = aRun()
    await expect.poll(() => run.session.session).toEqual(signedOut('keychain'))
    return { ...run, locked }
  }

  test('nobody is signed in, nothing is sent, and the user is kept for the next run', async () => {
    const { session } = await aLockedRun()
    const before = server.requests.length
    expect(await alerts(session)).toEqual({ ok: false, failure: { kind: 'signed-out' } })
    expect([server.requests.length - before, saved.user?.username]).toEqual([0, 'ada'])
  })

  test('the session continues as soon as it answers', async () => {
    const { session, notified, locked } = await aLockedRun()
    locked.answer()
    await expect.poll(() => notified.at(-1)).toMatchObject({ kind: 'signed-in', user: { username: 'ada' } })
    expect(await alerts(session)).toEqual(listed)
  })

  test('an answer without a token asks to sign in again', async () => {
    const { session, locked } = await aLockedRun(false)
    locked.answer()
    await expect.poll(() => session.session).toEqual(signedOut('expired'))
  })

  test('a sign-in works, and the answer does not replace it', async () => {
    const { session, locked } = await aLockedRun()
    expect(await session.signIn('ada', 'correct horse')).toMatchObject({
      kind: 'signed-in',
      notKept: 'The keychain does not answer.',
    })
    locked.answer()
    expect(await alertsLater(session)).toEqual(listed)
    expect(await locked.read(`ada at ${server.url}`)).toBe(backend.refreshToken)
  })

  test('a delayed sign-out is not lost', async () => {
    const { session, probe } = aRun()
    await session.signIn('ada', 'correct horse')
    await server.close()
    await session.signOut()
    await session.end()
    const account = `signed out at ${server.url}`
    const locked = new LockedSecrets(new Map([[account, (await secrets.read(account)) ?? '']]))
    probe.end()
    await server.open()
    secrets = locked
    const next = aRun()
    next.probe.start()
    await expect.poll(() => next.probe.link.reachable).toBe(true)
    expect([saved.pendingSignOut === undefined, backend.refreshToken]).toEqual([false, 'secret-refresh-1'])
    locked.answer()
    await expect.poll(() => backend.refreshToken).toBe('')
  })
})
