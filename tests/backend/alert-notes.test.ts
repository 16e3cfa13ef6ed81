/** Comments and assignments of alerts, and acknowledgements that reach their end. */
import { dayMs, hourMs, minuteMs } from '#shared/format/time-units.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import type { Acknowledgement, NodeAlert, AlertEvent } from '#shared/alert/alert.ts'
import { decodeAlertRecord } from '#shared/codec/record-codecs.ts'
import type { AlertItem } from '#shared/rest/alerts.ts'
import type { Problem } from '#shared/rest/problems.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { writeAlerts } from '../../src-backend/alerts/repo.ts'
import { alertRoutes } from '../../src-backend/alerts/routes.ts'
import { withTx } from '../../src-backend/db/tx.ts'
import { createJobs } from '../../src-backend/jobs/jobs.ts'
import { problemIn, testApp, type TestApp } from '../support/backend-app.ts'
import { nullLog } from '../support/null-log.ts'

let app: TestApp
beforeAll(async () => {
  app = await testApp(() => alertRoutes())
  await app.pool.query(
    `insert into account (username, username_key, email, email_key, password_hash, role, disabled_at)
     values ('Kim', 'kim', 'kim@remo.local', 'kim@remo.local', 'none', 'operator', null),
       ('gone', 'gone', 'gone@remo.local', 'gone@remo.local', 'none', 'operator', now())`,
  )
})
afterAll(() => app.end())
beforeEach(async () => {
  await app.pool.query('truncate alert, alert_event, outbox, audit, idempotency cascade')
})

type NotedBody = { readonly outcome: string; readonly message: string; readonly alert: AlertItem }
type Extra = { readonly as?: 'viewer' | 'operator' | 'admin'; readonly headers?: Record<string, string> }
const comment = (n: number, body: object, { as = 'operator', ...extra }: Extra = {}) =>
  app.call<NotedBody>(`post /api/alerts/${anId(n)}/comments`, { as, body, ...extra })
const assign = (n: number, body: object, { as = 'operator', ...extra }: Extra = {}) =>
  app.call<NotedBody>(`post /api/alerts/${anId(n)}/assignments`, { as, body, ...extra })
const acknowledge = (n: number, body: object) =>
  app.call<NotedBody>(`post /api/alerts/${anId(n)}/acknowledge`, { as: 'operator', body })
const timeline = async (n: number) =>
  (await app.call<AlertEvent[]>(`get /api/alerts/${anId(n)}/events`, { as: 'viewer' })).body
const item = async (n: number) => (await app.call<AlertItem>(`get /api/alerts/${anId(n)}`, { as: 'viewer' })).body
const iso = (at: number) => new Date(at).toISOString()

async function store(...alerts: readonly Partial<NodeAlert>[]): Promise<void> {
  const records = alerts.map((alert, i) => ({ version: 1, alert: anAlert({ id: anId(i + 1), ...alert }) }))
  await withTx(app.pool, (db) => writeAlerts(db, records))
}

async function queued() {
  const { rows } = await app.pool.query<{ key: string; payload: unknown }>(
    'select key, payload from outbox order by id',
  )
  return rows.map(({ key, payload }) => {
    const record = decodeAlertRecord(payload)
    if (!record.ok) throw new Error(`the record ${key} cannot be read`)
    return record.value
  })
}

test('a comment is in the list, the timeline, the record and the audit; also on a resolved alert', async () => {
  await store({}, { phase: 'resolved', resolvedAt: 5 })
  const { body } = await comment(2, { comment: 'It was the backup.' })
  expect(body).toMatchObject({ outcome: 'added', alert: { phase: 'resolved', version: 2 } })
  const [shown] = body.alert.notes
  expect(shown).toEqual({ kind: 'commented', by: 'operator', at: shown?.at, comment: 'It was the backup.', to: null })
  const at = Date.parse(shown?.at ?? '')
  const note = { kind: 'commented', by: 'operator', at, comment: 'It was the backup.' }
  expect(await timeline(2)).toEqual([{ alertId: anId(2), ...note }])
  expect(await queued()).toMatchObject([{ version: 2, alert: { id: anId(2), phase: 'resolved', notes: [note] } }])
  const { rows } = await app.pool.query('select actor, action, subject, before, after from audit')
  expect(rows).toEqual([{ actor: 'operator', action: 'alert.commented', subject: anId(2), before: null, after: note }])
  expect((await item(1)).notes).toEqual([])
})

test('an alert is taken over and given to a colleague, whom any spelling names; both changes are kept', async () => {
  await store({})
  await assign(1, { to: 'operator' })
  const { body } = await assign(1, { to: 'KIM', comment: 'you know this disk' }, { as: 'admin' })
  expect(body).toMatchObject({ outcome: 'added', alert: { version: 3, acknowledged: false } })
  expect(body.alert.notes).toMatchObject([
    { kind: 'assigned', by: 'operator', to: 'operator', comment: '' },
    { kind: 'assigned', by: 'admin', to: 'Kim', comment: 'you know this disk' },
  ])
  const lines = (await timeline(1)).map(({ kind, by, to, comment: said }) => [kind, by, to, said])
  expect(lines).toEqual([
    ['assigned', 'operator', 'operator', undefined],
    ['assigned', 'admin', 'Kim', 'you know this disk'],
  ])
})

test('nobody gets an alert who cannot act on it, and the sentence says why', async () => {
  await store({})
  const sentences = new Map<string, string>()
  for (const to of ['nobody', 'gone', 'viewer']) {
    const refused = await assign(1, { to })
    expect(problemIn(refused)).toEqual([400, 'invalid_request'])
    const { issues, detail } = refused.body as unknown as Problem
    expect(issues).toEqual([{ path: 'body.to', message: detail }])
    sentences.set(to, detail)
  }
  expect([...sentences.values()]).toEqual([
    'There is no user nobody.',
    'The account of gone is disabled.',
    'viewer may not act on alerts: the role is viewer.',
  ])
  expect(await queued()).toEqual([])
})

test('a comment that is empty, too long, too old, of a viewer, or on an unknown alert is refused', async () => {
  await store({})
  for (const body of [
    {},
    { comment: '' },
    { comment: '  ' },
    { comment: 'x'.repeat(501) },
    { comment: 'a\0b' },
    { comment: 'x', at: iso(Date.now() - 8 * dayMs) },
    { comment: 'x', to: 'kim' },
  ]) {
    expect(problemIn(await comment(1, body))).toEqual([400, 'invalid_request'])
  }
  expect(problemIn(await comment(1, { comment: 'x' }, { as: 'viewer' }))).toEqual([403, 'forbidden'])
  expect(problemIn(await comment(9, { comment: 'x' }))).toEqual([404, 'alert_not_found'])
  expect(problemIn(await assign(9, { to: 'kim' }))).toEqual([404, 'alert_not_found'])
})

test('an offline comment keeps its time, and is added once, even after fifty others', async () => {
  await store({})
  const at = Date.now() - hourMs
  const body = { comment: 'on the train', at: iso(at) }
  expect((await comment(1, body)).body.outcome).toBe('added')
  for (let n = 0; n < 50; n++) await comment(1, { comment: `note ${n}`, at: iso(at + minuteMs + n) })
  const again = (await comment(1, body)).body
  expect([again.outcome, again.alert.version, again.alert.notes.length]).toEqual(['already', 52, 50])
  expect((await timeline(1)).filter(({ comment: said }) => said === 'on the train')).toMatchObject([{ at }])
  const ahead = (await comment(1, { comment: 'fast clock', at: iso(Date.now() + hourMs) })).body.alert.notes.at(-1)
  expect(Date.parse(ahead?.at ?? '')).toBeLessThanOrEqual(Date.now())
})

test('two comments of one millisecond are both kept', async () => {
  await store({})
  const at = Date.now() - hourMs
  await comment(1, { comment: 'first', at: iso(at) })
  const { body } = await comment(1, { comment: 'second', at: iso(at) })
  expect(body.outcome).toBe('added')
  expect(body.alert.notes.map((note) => [note.comment, Date.parse(note.at) - at])).toEqual([
    ['first', 0],
    ['second', 1],
  ])
})

test('of twenty simultaneous comments none is lost, and each has its own version', async () => {
  await store({})
  const responses = await Promise.all(Array.from({ length: 20 }, (_, n) => comment(1, { comment: `by ${n}` })))
  expect(responses.every(({ body }) => body.outcome === 'added')).toBe(true)
  expect((await item(1)).notes.length).toBe(20)
  expect((await queued()).map(({ version }) => version)).toEqual(Array.from({ length: 20 }, (_, n) => n + 2))
})

test('the same idempotency key adds one comment', async () => {
  await store({})
  const headers = { 'Idempotency-Key': 'mine' }
  const [first, again] = [
    await comment(1, { comment: 'x' }, { headers }),
    await comment(1, { comment: 'x' }, { headers }),
  ]
  expect(again.body).toEqual(first.body)
  expect((await timeline(1)).length).toBe(1)
})

test('more than 24 hours need a comment; not for what a console has done already', async () => {
  await store({}, {}, {}, {})
  const until = iso(Date.now() + 25 * hourMs)
  const refused = await acknowledge(1, { until, comment: ' ' })
  expect(problemIn(refused)).toEqual([400, 'invalid_request'])
  const message = 'An acknowledgement for more than 24 hours needs a comment.'
  expect(refused.body).toMatchObject({ detail: message, issues: [{ path: 'body.comment', message }] })
  const accepted = [
    await acknowledge(1, { until, comment: 'spare part is ordered' }),
    await acknowledge(2, { until, at: iso(Date.now() - minuteMs) }),
    await acknowledge(3, { until: iso(Date.now() + 23 * hourMs) }),
    await acknowledge(4, {}),
  ]
  expect(accepted.map(({ body }) => body.outcome)).toEqual(accepted.map(() => 'acknowledged'))
})

const expire = (now: number) =>
  createJobs({
    pool: app.pool,
    config: { retention: { rawDays: 14, rollupDays: 365, alertDays: 90, auditDays: 365 } },
    log: nullLog,
    now: () => now,
  }).runNow('acknowledgements')

const ackUntil = (until: number): Acknowledgement => ({ by: 'anna', at: until - hourMs, comment: 'on it', until })

test('a job ends expired acknowledgements: a line at their end, a new version, a record; others stay', async () => {
  const now = Date.now()
  const { until: _, ...endless } = ackUntil(now)
  await store(
    { acknowledgement: ackUntil(now - minuteMs) },
    { acknowledgement: ackUntil(now + hourMs) },
    { acknowledgement: endless },
  )
  await expire(now)
  await expire(now)
  expect(await timeline(1)).toEqual([{ alertId: anId(1), kind: 'expired', at: now - minuteMs, by: 'anna' }])
  expect([await timeline(2), await timeline(3)]).toEqual([[], []])
  const records = await queued()
  expect(records).toMatchObject([{ version: 2, alert: { id: anId(1), phase: 'firing' } }])
  expect(records[0]?.alert.acknowledgement).toBeUndefined()
  expect(await item(1)).toMatchObject({ acknowledged: false, acknowledged_by: null })
  expect((await acknowledge(1, {})).body).toMatchObject({ outcome: 'acknowledged', alert: { version: 3 } })
})

test('an expired acknowledgement that is replaced before the job leaves its line first', async () => {
  const until = Date.now() - minuteMs
  await store({ acknowledgement: ackUntil(until) })
  await acknowledge(1, { comment: 'mine now' })
  expect((await timeline(1)).map(({ kind, by, at }) => [kind, by, at === until])).toEqual([
    ['expired', 'anna', true],
    ['acknowledged', 'operator', false],
  ])
})

test('thousands expire at once; one that only a newer version can read does not stop the others', async () => {
  const now = Date.now()
  await store(...Array.from({ length: 1_200 }, () => ({ acknowledgement: ackUntil(now) })))
  await app.pool.query(`update alert set alert = alert || '{"needs": 99}' where id = $1`, [anId(3)])
  await expire(now)
  const { rows } = await app.pool.query('select id from alert where acknowledged')
  expect(rows).toEqual([{ id: anId(3) }])
  expect((await queued()).length).toBe(1_199)
})
