/** Which consoles are connected, and what they showed: from heartbeats, by the clock of the database. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ConsoleItem } from '#shared/rest/consoles.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import type { Role } from '#shared/session/role.ts'
import { createJobs } from '../../src-backend/jobs/jobs.ts'
import { fullBackend, type FullBackend } from '../support/full-backend.ts'
import { nullLog } from '../support/null-log.ts'
import { openAlert } from './open-alert.ts'

const startedAt = Date.UTC(2026, 10, 24, 8)
const heartbeat = { name: 'ops-desk-1', version: '0.2.0', startedAt, health: 'live', shown: [] }

let backend: FullBackend
beforeAll(async () => {
  backend = await fullBackend()
})
afterAll(() => backend.end())
beforeEach(() => backend.pool.query('truncate console, alert_shown, alert cascade'))

const send = (id: string, body: object, as: Role = 'operator') =>
  backend.fetch(`/api/consoles/${id}`, {
    method: 'PUT',
    as,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...heartbeat, ...body }),
  })
async function sent(id: string, body: object = {}, as?: Role) {
  const response = await send(id, body, as)
  expect(response.status).toBe(200)
  return (await response.json()) as { known: number; unknown: number }
}
async function list(query = ''): Promise<ConsoleItem[]> {
  const response = await backend.fetch(`/api/consoles${query}`, { as: 'viewer' })
  expect(response.status).toBe(200)
  return (await response.json()) as ConsoleItem[]
}
const age = (seconds: number) =>
  backend.pool.query(
    `update console set last_seen_at = last_seen_at - $1::float8 * interval '1 second',
    connected_since = connected_since - $1::float8 * interval '1 second'`,
    [seconds],
  )
const shown = async () => {
  const { rows } = await backend.pool.query<{ row: string }>(
    `select alert_id || ' ' || severity as row from alert_shown order by 1`,
  )
  return rows.map(({ row }) => row)
}
const databaseNow = async () => {
  const { rows } = await backend.pool.query<{ now: Date }>('select now()')
  return Number(rows[0]?.now)
}

describe('a console', () => {
  test('is listed with what it says of itself', async () => {
    const id = randomUUID()
    const before = await databaseNow()
    await sent(id, { doNotDisturbUntil: startedAt + 1 })
    const [listed, ...others] = await list()
    expect(others).toEqual([])
    expect(listed).toEqual({
      id,
      user: 'operator',
      name: 'ops-desk-1',
      version: '0.2.0',
      startedAt,
      health: 'live',
      doNotDisturbUntil: startedAt + 1,
      connected: true,
      connectedSince: listed?.lastSeenAt,
      lastSeenAt: expect.any(Number) as number,
    })
    expect(listed?.lastSeenAt).toBeGreaterThanOrEqual(before)
    await sent(id)
    expect(await list()).toMatchObject([{ doNotDisturbUntil: null }])
  })

  test('is connected for 90 s after a heartbeat, and its connection goes on with the next one', async () => {
    const id = randomUUID()
    await sent(id)
    await age(85)
    const [before] = await list('?connected=true')
    await sent(id)
    expect(await list()).toMatchObject([{ connected: true, connectedSince: before?.connectedSince }])
    await age(91)
    expect(await list()).toMatchObject([{ connected: false, connectedSince: (before?.connectedSince ?? 0) - 91_000 }])
    expect(await list('?connected=true')).toEqual([])
    expect(await list('?connected=false')).toHaveLength(1)
    await sent(id)
    const [again] = await list()
    expect(again).toMatchObject({ connected: true, connectedSince: again?.lastSeenAt })
  })

  test('that was started again has a new connection', async () => {
    const id = randomUUID()
    await sent(id)
    await age(60)
    await sent(id, { startedAt: startedAt + 1, version: '0.3.0' })
    const [again] = await list()
    expect(again).toMatchObject({ version: '0.3.0', connectedSince: again?.lastSeenAt })
  })

  test('belongs to its user: the same id of another user is another console', async () => {
    const id = randomUUID()
    await sent(id, { name: 'mine' }, 'operator')
    await sent(id, { name: 'not mine' }, 'viewer')
    expect((await list()).map(({ user, name }) => [user, name])).toEqual([
      ['operator', 'mine'],
      ['viewer', 'not mine'],
    ])
  })

  test('is deleted 30 days after its last heartbeat', async () => {
    await sent(randomUUID(), { name: 'gone' })
    await age(30 * 86_400 + 60)
    await sent(randomUUID(), { name: 'here' })
    const retention = { rawDays: 14, rollupDays: 365, alertDays: 90, auditDays: 365 }
    const jobs = createJobs({ pool: backend.pool, config: { retention }, log: nullLog, now: Date.now })
    await jobs.runNow('retention')
    expect((await list()).map(({ name }) => name)).toEqual(['here'])
  })

  test('is not the only one: an account keeps the 100 that were seen last', async () => {
    await backend.pool.query(
      `insert into console (account_id, id, name, version, started_at, health, connected_since, last_seen_at)
       select account.id, gen_random_uuid(), 'c' || n, '1', now(), 'live', now(), now() - n * interval '1 second'
       from account, generate_series(1, 105) as n where username = 'operator'`,
    )
    await sent(randomUUID(), {}, 'viewer')
    await sent(randomUUID(), { name: 'new' }, 'operator')
    const names = (await list('?limit=500')).filter(({ user }) => user === 'operator').map(({ name }) => name)
    expect(names).toHaveLength(100)
    expect(names).toContain('new')
    expect(names).not.toContain('c100')
  })

  test('is found page by page, also among equal names', async () => {
    for (const name of ['b', 'a', 'ä', 'b', 'B']) await sent(randomUUID(), { name })
    const all = await list()
    const pages: ConsoleItem[] = []
    let path: string | undefined = '/api/consoles?limit=2'
    while (path !== undefined) {
      const response = await backend.fetch(path, { as: 'viewer' })
      pages.push(...((await response.json()) as ConsoleItem[]))
      path = /<(.*)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
    }
    expect(pages.map(({ id }) => id)).toEqual(all.map(({ id }) => id))
    expect(all.map(({ name }) => name)).toEqual(['B', 'a', 'b', 'b', 'ä'])
  })
})

describe('what a console showed', () => {
  const at = startedAt
  const [one, two] = [anId(1), anId(2)]

  test('is stored once per alert and severity, whichever console repeats it', async () => {
    await openAlert(backend.pool, { id: one })
    await openAlert(backend.pool, { id: two })
    const all = [
      { alertId: one, severity: 'critical', at },
      { alertId: two, severity: 'warning', at },
      { alertId: one.toUpperCase(), severity: 'critical', at: at + 1 },
    ]
    expect(await sent(randomUUID(), { shown: all })).toEqual({ known: 2, unknown: 0 })
    expect(await sent(randomUUID(), { shown: all }, 'viewer')).toEqual({ known: 2, unknown: 0 })
    expect(await shown()).toEqual([`${one} critical`, `${two} warning`])
  })

  test('counts if the backend reads the alert after the console', async () => {
    expect(await sent(randomUUID(), { shown: [{ alertId: one, severity: 'critical', at }] })).toEqual({
      known: 0,
      unknown: 1,
    })
    expect(await shown()).toEqual([`${one} critical`])
  })

  test('of alerts that do not exist is bounded', async () => {
    const unknown = () => Array.from({ length: 1_000 }, () => ({ alertId: randomUUID(), severity: 'critical', at }))
    for (let n = 0; n < 7; n++)
      expect(await sent(randomUUID(), { shown: unknown() })).toEqual({ known: 0, unknown: 1_000 })
    expect(await shown()).toHaveLength(5_000)
    await openAlert(backend.pool, { id: one })
    await sent(randomUUID(), { shown: [{ alertId: one, severity: 'critical', at }] })
    expect(await shown()).toHaveLength(5_001)
  })

  test('is at most 1,000 alerts a heartbeat', async () => {
    const alerts = Array.from({ length: 1_001 }, () => ({ alertId: randomUUID(), severity: 'critical', at }))
    expect((await send(randomUUID(), { shown: alerts })).status).toBe(400)
    expect(await shown()).toEqual([])
  })

  test('can be reported by many consoles at the same time', async () => {
    const ids = Array.from({ length: 200 }, () => randomUUID())
    for (const id of ids.slice(0, 20)) await openAlert(backend.pool, { id })
    const reports = Array.from({ length: 12 }, (_, n) =>
      sent(randomUUID(), {
        shown: (n % 2 === 0 ? ids : ids.toReversed()).map((alertId) => ({ alertId, severity: 'critical', at })),
      }),
    )
    expect(new Set((await Promise.all(reports)).map(({ known }) => known))).toEqual(new Set([20]))
    expect(await shown()).toHaveLength(200)
  })

  test('is deleted a day later, except for alerts that fire', async () => {
    await openAlert(backend.pool, { id: one })
    await sent(randomUUID(), { shown: [one, two].map((alertId) => ({ alertId, severity: 'critical', at })) })
    const retention = { rawDays: 14, rollupDays: 365, alertDays: 90, auditDays: 365 }
    const jobs = createJobs({ pool: backend.pool, config: { retention }, log: nullLog, now: Date.now })
    await jobs.runNow('retention')
    expect(await shown()).toHaveLength(2)
    await backend.pool.query(`update alert_shown set received_at = received_at - interval '25 hours'`)
    await jobs.runNow('retention')
    expect(await shown()).toEqual([`${one} critical`])
  })
})

test.each([
  ['no name', { name: '' }],
  ['a long name', { name: 'x'.repeat(129) }],
  ['NUL', { name: 'a\0b' }],
  ['a health that does not exist', { health: 'fine' }],
  ['a time in words', { startedAt: 'today' }],
  ['a time beyond the year 9999', { startedAt: 1e15 }],
  ['an unknown field', { user: 'admin' }],
  ['an own alert', { shown: [{ alertId: 'lag', severity: 'critical', at: startedAt }] }],
])('a heartbeat with %s is refused', async (_, change) => {
  expect((await send(randomUUID(), change)).status).toBe(400)
  expect(await list()).toEqual([])
})
