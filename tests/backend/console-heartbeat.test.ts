/** The console's heartbeat on the real API: from its cache to the list of consoles and what was shown. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { TestBackend } from '../../src-main/data/test-backend.ts'
import { TestEngine } from '../../src-main/data/test-engine.ts'
import { CurrentHealth } from '../../src-main/main/app/current-health.ts'
import { BackendClient, type BackendClientDeps } from '../../src-main/main/backend/backend-client.ts'
import { consoleHandlers } from '../../src-main/main/ipc/console-handlers.ts'
import { InMemorySecrets } from '../../src-main/main/secrets/in-memory-secrets.ts'
import { fullBackend, passwordOf, type FullBackend } from '../support/full-backend.ts'
import { nullLog } from '../support/null-log.ts'
import { openAlert } from './open-alert.ts'

let backend: FullBackend
beforeAll(async () => {
  backend = await fullBackend()
})
afterAll(() => backend.end())

const ends: Array<() => Promise<void> | void> = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** A console with a real cache. Its events reach the client at once, as from a data thread. */
function aConsole() {
  const fixture = new TestEngine({ hasBackend: true })
  const listeners = new Map<string, (payload: never) => void>()
  const call = (name: string, request: unknown) => {
    const before = fixture.emitted.length
    const reply: unknown = fixture.engine.calls[name as 'shown.list'](request as never)
    for (const { event, payload } of fixture.emitted.slice(before)) listeners.get(event)?.(payload as never)
    return Promise.resolve(reply)
  }
  const data = {
    call,
    on: (event: string, listener: (payload: never) => void) => listeners.set(event, listener),
    onState: () => undefined,
  } as unknown as BackendClientDeps['data']
  const health = new CurrentHealth(Date.now())
  const client = new BackendClient({
    url: backend.url,
    fetch,
    secrets: new InMemorySecrets('There is no keychain.'),
    stateFile: { value: {}, update: () => undefined },
    data,
    health,
    facts: () => ({ name: 'desk', version: '0.2.0', startedAt: 1_764_000_000_000.4, doNotDisturbUntil: undefined }),
    now: Date.now,
    random: Math.random,
    log: nullLog,
  })
  client.start()
  ends.push(
    () => client.end(),
    () => fixture.remove(),
  )
  return { fixture, data, health, client, calls: consoleHandlers({ session: client.session, data }) }
}

const within = { timeout: 20_000, interval: 50 }
const shown = async (): Promise<string[]> => {
  const { rows } = await backend.pool.query<{ row: string }>(
    `select alert_id || ' ' || severity as row from alert_shown order by 1`,
  )
  return rows.map(({ row }) => row)
}

test('a console that signs in is listed as this one, and its critical popups are known at once', async () => {
  const alert = await openAlert(backend.pool, { id: anId(1), openedAt: Date.now(), since: Date.now() })
  const { fixture, data, health, client, calls } = aConsole()
  const team = new TestBackend(fixture)
  team.publishRule(aRule())
  await client.session.signIn('operator', passwordOf('operator'))
  const { consoleId } = await data.call('shown.list', { limit: 1 })
  await expect
    .poll(() => calls['consoles.list']({}), within)
    .toMatchObject({
      kind: 'consoles',
      ownId: consoleId,
      consoles: [{ id: consoleId, user: 'operator', name: 'desk', health: 'blind', connected: true }],
    })
  health.setReport({ ...health.report, health: { kind: 'live', behindMs: 100 }, at: Date.now() })
  await expect.poll(() => calls['consoles.list']({}), within).toMatchObject({ consoles: [{ health: 'live' }] })

  fixture.now = Date.now()
  team.publishAlert(alert)
  expect(fixture.call('alerts.list', { open: true })).toHaveLength(1)
  const items = [{ alertId: alert.id, transition: 'opened' as const }]
  await data.call('notifications.settle', { shown: true, as: 'popup', items })
  await expect.poll(shown, within).toEqual([`${alert.id} critical`])
  await expect.poll(async () => (await data.call('shown.list', { limit: 10 })).reports, within).toEqual([])
})

test('the second channel is off until it is set, and only an administrator may test it', async () => {
  const { client, calls } = aConsole()
  await client.session.signIn('operator', passwordOf('operator'))
  expect(await calls['secondChannel.get']({})).toMatchObject({ kind: 'channel', channel: { enabled: false } })
  await expect(calls['secondChannel.test']({})).rejects.toThrow('Your role cannot test the second channel.')
  await client.session.signOut()
  await client.session.signIn('admin', passwordOf('admin'))
  await expect(calls['secondChannel.test']({})).rejects.toMatchObject({ code: 'conflict' })
})
