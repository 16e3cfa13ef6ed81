/** The console's client on the real API: its session, and the actions of its operators. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { listRulesOperation } from '#shared/rest/rules.ts'
import { updateUserOperation } from '#shared/rest/users.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import type { RuleDraft } from '#shared/rule/rule.ts'
import type { Role } from '#shared/session/role.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import { applyTransitions } from '../../src-backend/alerts/service.ts'
import { withTx } from '../../src-backend/db/tx.ts'
import { trySend } from '../../src-main/main/backend/actions/send-action.ts'
import { BackendSession } from '../../src-main/main/backend/session/backend-session.ts'
import { BackendProbe } from '../../src-main/main/backend/backend-probe.ts'
import { RestClient } from '../../src-main/main/backend/rest/rest-client.ts'
import type { SavedSession } from '../../src-main/main/backend/session/sign-in-state.ts'
import { InMemorySecrets } from '../../src-main/main/secrets/in-memory-secrets.ts'
import { nullLog } from '../support/null-log.ts'
import { passwordOf, fullBackend, type FullBackend } from '../support/full-backend.ts'

let backend: FullBackend
beforeAll(async () => {
  backend = await fullBackend()
})
afterAll(() => backend.end())

let aheadMs: number
let runs: Array<() => Promise<void>>
beforeEach(() => {
  aheadMs = 0
  runs = []
})
afterEach(async () => {
  for (const end of runs) await end()
})

/** State of one installation between runs. */
class Installation {
  readonly secrets = new InMemorySecrets('There is no keychain.')
  remembered: SavedSession = {}

  run(): BackendSession {
    const now = (): number => Date.now() + aheadMs
    // As in the console: any response shows that the backend is reachable.
    const client: RestClient = new RestClient({
      url: backend.url,
      fetch,
      onResponse: (_operation, answer) => {
        if (answer !== 'unreachable') watch.responseReceived()
      },
    })
    const watch = new BackendProbe({ client, now, random: Math.random })
    const read = (): SavedSession => this.remembered
    const session = new BackendSession({
      url: backend.url,
      client,
      link: watch,
      secrets: this.secrets,
      stateFile: {
        get value() {
          return read()
        },
        update: (changes) => {
          this.remembered = { ...this.remembered, ...changes }
        },
      },
      now,
      log: nullLog,
    })
    session.start()
    runs.push(() => session.end())
    return session
  }

  async signedIn(role: Role): Promise<BackendSession> {
    const session = this.run()
    await session.signIn(role, passwordOf(role))
    return session
  }
}

const rules = (session: BackendSession) => session.call(listRulesOperation, { query: {} })

describe('a session', () => {
  test('continues over many refreshes and over a restart', async () => {
    const console = new Installation()
    const first = await console.signedIn('operator')
    for (let round = 0; round < 3; round++) {
      aheadMs += 600_000
      expect((await rules(first)).ok).toBe(true)
    }
    await first.end()
    const second = console.run()
    expect(second.session).toMatchObject({ kind: 'signed-in', user: { username: 'operator', role: 'operator' } })
    expect((await rules(second)).ok).toBe(true)
  })

  test('of a disabled user ends, and says so', async () => {
    const session = await new Installation().signedIn('viewer')
    const admin = await new Installation().signedIn('admin')
    const { rows } = await backend.pool.query<{ id: number }>(`select id from account where username = 'viewer'`)
    const params = { id: String(rows[0]?.id) }
    expect(await admin.call(updateUserOperation, { params, body: { disabled: true } })).toMatchObject({ ok: true })
    expect(await rules(session)).toEqual({ ok: false, failure: { kind: 'signed-out' } })
    expect(session.session).toMatchObject({ kind: 'signed-out', reason: 'disabled' })
    await admin.call(updateUserOperation, { params, body: { disabled: false } })
  })

  test('that was signed out has also ended in the backend', async () => {
    const console = new Installation()
    const session = await console.signedIn('operator')
    const token = await console.secrets.read(`operator at ${backend.url}`)
    await session.signOut()
    const response = await backend.fetch('/api/auth/refresh', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refresh_token: token }),
    })
    expect(response.status).toBe(401)
  })
})

describe('an action', () => {
  const draft: RuleDraft = {
    scope: { kind: 'node', nodeId: 'node-of-this-test' },
    metric: 'cpu_usage',
    condition: 'greater',
    critical: 90,
    forSeconds: 0,
    enabled: true,
  }
  const saving = (n: number, edited?: { id: string; version: number }): OperatorAction => ({
    id: anId(n),
    at: Date.now(),
    user: 'admin',
    change: { kind: 'save-rule', draft, ...(edited && { ruleId: edited.id, version: edited.version }) },
    state: 'waiting',
  })

  test('that is sent again because its response was lost is done once', async () => {
    const { call } = await new Installation().signedIn('admin')
    const once = await trySend(call, saving(1), 0)
    expect(await trySend(call, saving(1), 0)).toEqual(once)
    expect(await trySend(call, saving(2), 0)).toMatchObject({ kind: 'settled', state: 'conflict' })
  })

  test('on a version that another user has changed is a conflict', async () => {
    const { call } = await new Installation().signedIn('admin')
    const all = await call(listRulesOperation, { query: {} })
    const rule = all.ok ? all.body.find(({ deleted }) => !deleted) : undefined
    if (!rule) throw new Error('there are no stock rules')
    const remove = (n: number, version: number): OperatorAction => ({
      ...saving(n),
      change: { kind: 'remove-rule', ruleId: rule.id, version },
    })
    expect(await trySend(call, remove(3, rule.version + 1), 0)).toMatchObject({ kind: 'settled', state: 'conflict' })
    expect(await trySend(call, remove(4, rule.version), 0)).toEqual({ kind: 'done' })
  })

  test('acknowledges an alert and takes that back, each once, and leaves what another user gave since', async () => {
    const opened = {
      kind: 'opened',
      alertId: anId(700),
      alertKind: 'value',
      series: { nodeId: 'node-1', nodeName: 'Server', metric: 'cpu_usage' },
      rule: { id: anId(100), version: 1 },
      at: Date.now() - 60_000,
      severity: 'critical',
      since: Date.now() - 60_000,
      value: 97,
      threshold: 95,
      condition: 'greater',
      forSeconds: 0,
    } as const
    await withTx(backend.pool, (db) => applyTransitions(db, [opened]))
    const { call } = await new Installation().signedIn('operator')
    const acknowledgement = { by: 'operator', at: Date.now() - 5000, comment: 'on it' }
    const change = { alertId: opened.alertId, acknowledgement } as const
    const action = (n: number, kind: 'acknowledge' | 'unacknowledge'): OperatorAction => ({
      ...saving(n),
      user: 'operator',
      change: { kind, ...change },
    })
    expect(await trySend(call, action(21, 'acknowledge'), 0)).toEqual({ kind: 'done', alertVersion: 2 })
    expect(await trySend(call, action(22, 'unacknowledge'), 0)).toEqual({ kind: 'done', alertVersion: 3 })
    const { call: admin } = await new Installation().signedIn('admin')
    const theirs = { ...change, acknowledgement: { ...acknowledgement, by: 'admin' } }
    const given = { ...saving(23), user: 'admin', change: { kind: 'acknowledge' as const, ...theirs } }
    expect(await trySend(admin, given, 0)).toEqual({ kind: 'done', alertVersion: 4 })
    // Repeated after a lost response: the first answer, and nothing changes.
    expect(await trySend(call, action(22, 'unacknowledge'), 0)).toEqual({ kind: 'done', alertVersion: 3 })
    expect(await trySend(call, action(24, 'unacknowledge'), 0)).toEqual({ kind: 'done', alertVersion: 4 })
    const { rows } = await backend.pool.query<{ by: string }>(
      `select alert #>> '{acknowledgement,by}' as by from alert where id = $1`,
      [opened.alertId],
    )
    expect(rows).toEqual([{ by: 'admin' }])
  })

  test('without permission is refused, and an unknown alert is waited for', async () => {
    const { call } = await new Installation().signedIn('operator')
    expect(await trySend(call, saving(5), 0)).toMatchObject({ kind: 'settled', state: 'refused' })
    const alertId = anId(900)
    const acknowledgement = { by: 'operator', at: Date.now(), comment: 'on it' }
    const ack: OperatorAction = {
      ...saving(6),
      user: 'operator',
      change: { kind: 'acknowledge', alertId, acknowledgement },
    }
    expect(await trySend(call, ack, 0)).toMatchObject({ kind: 'later' })
  })
})

describe('while others guess the password from the same address', () => {
  const guessUntilRefused = async (username: Role) => {
    const body = JSON.stringify({ username, password: 'guess' })
    const headers = { 'Content-Type': 'application/json' }
    for (let n = 0; n < 30; n++) {
      const { status } = await backend.fetch('/api/auth/login', { method: 'POST', body, headers })
      if (status === 429) return
    }
    throw new Error('the guesses are not slowed down')
  }

  test('a console that has signed in before signs in again, in any later run; a new one waits', async () => {
    const console = new Installation()
    const first = await console.signedIn('viewer')
    await first.signOut()
    await first.end()
    for (let run = 0; run < 2; run++) {
      await guessUntilRefused('viewer')
      expect((await console.signedIn('viewer')).session.kind).toBe('signed-in')
    }
    await expect(new Installation().signedIn('viewer')).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('also after it has changed its password', async () => {
    const console = new Installation()
    const session = await console.signedIn('operator')
    await session.changePassword(passwordOf('operator'), 'amber kettle of rain')
    await session.signOut()
    await guessUntilRefused('operator')
    expect((await session.signIn('operator', 'amber kettle of rain')).kind).toBe('signed-in')
  })
})
