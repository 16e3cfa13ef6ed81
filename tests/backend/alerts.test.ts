import type { AlertEvent } from '#shared/alert/alert.ts'
import type { Transition } from '#shared/alert/transition.ts'
import type { AlertItem } from '#shared/rest/alerts.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { AlertRecord } from '#shared/team/team-records.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { alertRoutes } from '../../src-backend/alerts/routes.ts'
import { applyTransitions, deleteOldAlerts } from '../../src-backend/alerts/service.ts'
import { withTx } from '../../src-backend/db/tx.ts'
import { problemIn, testApp, type TestApp } from '../support/backend-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await testApp(() => alertRoutes())
})
afterAll(() => app.end())
beforeEach(async () => {
  await app.pool.query(
    'truncate alert, alert_event, rule, rule_version, outbox, audit, idempotency, node restart identity cascade',
  )
})

const openedAt = Date.UTC(2026, 10, 24, 10)
type Opened = Extract<Transition, { kind: 'opened' }>

function head(n: number, nodeId: string) {
  const series = { nodeId, nodeName: `Server ${nodeId}`, metric: 'cpu_usage' }
  return { alertId: anId(n), alertKind: 'value', series, rule: { id: aRule().id, version: 1 } } as const
}

const opened = (n: number, change: Partial<Opened> = {}): Transition => ({
  ...head(n, 'node-1'),
  kind: 'opened',
  at: openedAt,
  severity: 'warning',
  since: openedAt,
  value: 90,
  threshold: 85,
  condition: 'greater',
  forSeconds: 0,
  ...change,
})
const escalated = (n: number): Transition => ({
  ...head(n, 'node-1'),
  kind: 'escalated',
  at: openedAt + 1_000,
  severity: 'critical',
  value: 97,
  threshold: 95,
})
const resolved = (n: number): Transition => ({
  ...head(n, 'node-1'),
  kind: 'resolved',
  at: openedAt + 2_000,
  reason: 'cleared',
  value: 50,
})

const apply = (...transitions: Transition[]) => withTx(app.pool, (db) => applyTransitions(db, transitions))
const list = async (query = '') =>
  (await app.call<AlertItem[]>(`get /api/alerts${query}`, { as: 'viewer' })).body.map(({ id }) => id)
const acknowledge = (n: number, body?: unknown) =>
  app.call<{ outcome: string; message: string; alert: AlertItem }>(`post /api/alerts/${anId(n)}/acknowledge`, {
    as: 'operator',
    ...(body === undefined ? {} : { body }),
  })

const unacknowledge = (n: number, query = '', as: 'viewer' | 'operator' | 'admin' = 'operator') =>
  app.call<{ outcome: string; alert: AlertItem }>(`delete /api/alerts/${anId(n)}/acknowledgement${query}`, { as })

async function queued(): Promise<AlertRecord[]> {
  const { rows } = await app.pool.query<{ key: string; payload: unknown }>(
    `select key, payload from outbox where topic = 'remo-alerts' order by id`,
  )
  return rows.map(({ key, payload }) => {
    const record = AlertRecord.parse(payload)
    expect(key).toBe(record.alert.id)
    return record
  })
}

test('transitions of the ingest create alerts, their timelines, and outbox rows', async () => {
  const pending: Transition = { ...head(1, 'node-1'), kind: 'pending', at: openedAt - 5_000, value: 88 }
  const first = await apply(pending, opened(1, { since: openedAt - 5_000 }), opened(2))
  const second = await apply(escalated(1), resolved(2))
  const third = await apply(resolved(1))
  expect([first, second, third].map((changed) => changed.map(({ version }) => version))).toEqual([[1, 1], [2, 2], [3]])
  expect(await queued()).toEqual([...first, ...second, ...third])

  const one = await app.call<AlertItem>(`get /api/alerts/${anId(1)}`, { as: 'viewer' })
  expect(one.headers.get('etag')).toBe('"3"')
  expect(one.body).toMatchObject({ severity: 'critical', phase: 'resolved', resolve_reason: 'cleared', version: 3 })
  const { body: timeline } = await app.call<AlertEvent[]>(`get /api/alerts/${anId(1)}/events`, { as: 'viewer' })
  expect(timeline).toEqual([
    { alertId: anId(1), kind: 'pending', at: openedAt - 5_000 },
    { alertId: anId(1), kind: 'opened', at: openedAt, severity: 'warning', value: 90 },
    { alertId: anId(1), kind: 'escalated', at: openedAt + 1_000, severity: 'critical', value: 97 },
    { alertId: anId(1), kind: 'resolved', at: openedAt + 2_000, value: 50 },
  ])
})

test('the same transitions again change nothing, not even an acknowledgement in between', async () => {
  await apply(opened(1), escalated(1), opened(2), resolved(2))
  await acknowledge(1, { comment: 'on it' })
  const before = await queued()
  expect(await apply(opened(1), escalated(1), opened(2), resolved(2))).toEqual([])
  expect(await queued()).toEqual(before)
  const { body } = await app.call<AlertItem>(`get /api/alerts/${anId(1)}`, { as: 'viewer' })
  expect(body).toMatchObject({ acknowledged: true, acknowledged_by: 'operator', comment: 'on it', version: 2 })
})

test('a storm of 5,000 alerts is one quick transaction', async () => {
  const storm = Array.from({ length: 5_000 }, (_, n) => opened(n))
  const begin = performance.now()
  await apply(...storm)
  expect(performance.now() - begin).toBeLessThan(5_000)
  expect((await queued()).map(({ alert }) => alert.id)).toEqual(storm.map(({ alertId }) => alertId))
})

test('of 50 simultaneous acknowledgements exactly one wins, and all responses name its author', async () => {
  await apply(opened(1))
  const responses = await Promise.all(Array.from({ length: 50 }, (_, n) => acknowledge(1, { comment: `by ${n}` })))
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
  const winners = responses.filter(({ body }) => body.outcome === 'acknowledged')
  expect(winners).toHaveLength(1)
  expect(winners[0]?.body.message).toBe('Alert acknowledged')
  const comment = winners[0]?.body.alert.comment
  for (const { body } of responses) {
    expect(body.alert).toMatchObject({ acknowledged: true, acknowledged_by: 'operator', comment, version: 2 })
  }
  expect((await queued()).map(({ version }) => version)).toEqual([1, 2])
  const { rows } = await app.pool.query('select actor, action, subject, before, after from audit')
  const after = { by: 'operator', at: expect.any(Number) as number, comment }
  expect(rows).toEqual([{ actor: 'operator', action: 'alert.acknowledged', subject: anId(1), before: null, after }])
})

test('an empty body is enough, other alerts stay unchanged, and a resolved alert stays resolved', async () => {
  await apply(opened(1), opened(2), opened(3), resolved(3))
  expect((await acknowledge(1)).body).toMatchObject({ outcome: 'acknowledged', alert: { comment: '' } })
  expect(await list('?acknowledged=true')).toEqual([anId(1)])
  expect((await acknowledge(3)).body).toMatchObject({ outcome: 'resolved', alert: { acknowledged: false, version: 1 } })
  expect(problemIn(await acknowledge(4))).toEqual([404, 'alert_not_found'])
})

test('an acknowledgement ends on escalation and can be given again; the timeline has both', async () => {
  await apply(opened(1))
  await acknowledge(1)
  await apply(escalated(1))
  expect(await list('?acknowledged=true')).toEqual([])
  expect((await acknowledge(1, { comment: 'again' })).body).toMatchObject({
    outcome: 'acknowledged',
    alert: { version: 4 },
  })
  const { body } = await app.call<AlertEvent[]>(`get /api/alerts/${anId(1)}/events`, { as: 'viewer' })
  expect(body.map(({ kind, by, comment }) => [kind, by, comment])).toEqual([
    ['opened', undefined, undefined],
    ['acknowledged', 'operator', undefined],
    ['escalated', undefined, undefined],
    ['acknowledged', 'operator', 'again'],
  ])
})

test('an acknowledgement with an end expires, and then another user can acknowledge', async () => {
  await apply(opened(1))
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
  await acknowledge(1, { at: ago(7_200_000), until: ago(3_600_000) })
  expect(await list('?acknowledged=false')).toEqual([anId(1)])
  expect((await acknowledge(1)).body.outcome).toBe('acknowledged')
  expect(await list('?acknowledged=true')).toEqual([anId(1)])
})

test('the time of an offline acknowledgement is kept; a future one becomes now; an impossible one is refused', async () => {
  await apply(opened(1), opened(2))
  const at = new Date(Date.now() - 3_600_000).toISOString()
  expect((await acknowledge(1, { at })).body.alert.acknowledged_at).toBe(at)
  const ahead = new Date(Date.now() + 600_000)
  const clamped = (await acknowledge(2, { at: ahead.toISOString() })).body.alert.acknowledged_at ?? ''
  expect(Date.parse(clamped)).toBeLessThanOrEqual(Date.now())
  for (const body of [
    { at: new Date(Date.now() - 8 * 86_400_000).toISOString() },
    { until: new Date(Date.now() - 1_000).toISOString() },
    { at, until: at },
    { until: '9999-12-31T23:59:59-01:00' },
    { at: '+275760-09-13T00:00:00.000Z' },
    { note: 'unknown field' },
  ]) {
    expect(problemIn(await acknowledge(1, body))).toEqual([400, 'invalid_request'])
  }
})

test('an acknowledgement is taken back by another operator: a new version, a line of the timeline, a row of the audit', async () => {
  await apply(opened(1))
  await acknowledge(1, { comment: 'on it' })
  const { body } = await unacknowledge(1, '', 'admin')
  expect(body).toMatchObject({ outcome: 'removed', alert: { acknowledged: false, acknowledged_by: null, version: 3 } })
  expect((await queued()).at(-1)).toMatchObject({ version: 3, alert: { id: anId(1), phase: 'firing' } })
  expect((await queued()).at(-1)?.alert.acknowledgement).toBeUndefined()
  expect([await list('?acknowledged=true'), await list('?acknowledged=false')]).toEqual([[], [anId(1)]])
  const { body: timeline } = await app.call<AlertEvent[]>(`get /api/alerts/${anId(1)}/events`, { as: 'viewer' })
  expect(timeline.slice(-2).map(({ kind, by }) => [kind, by])).toEqual([
    ['acknowledged', 'operator'],
    ['unacknowledged', 'admin'],
  ])
  const { rows } = await app.pool.query(
    'select actor, action, subject, before, after from audit order by id desc limit 1',
  )
  const before = { by: 'operator', at: expect.any(Number) as number, comment: 'on it' }
  expect(rows).toEqual([{ actor: 'admin', action: 'alert.unacknowledged', subject: anId(1), before, after: null }])
  expect((await acknowledge(1, { comment: 'mine' })).body).toMatchObject({
    outcome: 'acknowledged',
    alert: { version: 4 },
  })
})

test('only the acknowledgement that is meant is taken back, and only once', async () => {
  await apply(opened(1), opened(3), resolved(3))
  const at = new Date(Date.now() - 60_000).toISOString()
  await acknowledge(1, { at })
  const outcomeOf = async (n: number, query = ''): Promise<string> => (await unacknowledge(n, query)).body.outcome
  expect(await outcomeOf(1, `?by=anna&at=${at}`)).toBe('another')
  expect(await outcomeOf(1, `?by=operator&at=${new Date(Date.parse(at) - 1).toISOString()}`)).toBe('another')
  expect(await list('?acknowledged=true')).toEqual([anId(1)])
  expect(await outcomeOf(1, `?by=operator&at=${at}`)).toBe('removed')
  expect(await outcomeOf(1, `?by=operator&at=${at}`)).toBe('none')
  expect(await outcomeOf(3)).toBe('resolved')
  expect(problemIn(await unacknowledge(4))).toEqual([404, 'alert_not_found'])
  expect(problemIn(await unacknowledge(1, '', 'viewer'))).toEqual([403, 'forbidden'])
  const { rows } = await app.pool.query(`select 1 from audit where action = 'alert.unacknowledged'`)
  expect(rows).toHaveLength(1)
})

test('a repeated request to take back does not remove an acknowledgement that was given in between', async () => {
  await apply(opened(1))
  await acknowledge(1)
  const headers = { 'Idempotency-Key': anId(8) }
  const path = `delete /api/alerts/${anId(1)}/acknowledgement`
  const first = await app.call(path, { as: 'operator', headers })
  await acknowledge(1, { comment: 'again' })
  const again = await app.call(path, { as: 'operator', headers })
  expect(again.body).toEqual(first.body)
  expect(await list('?acknowledged=true')).toEqual([anId(1)])
})

test('the same idempotency key gets the same response, although another alert was acknowledged in between', async () => {
  await apply(opened(1))
  const request = { as: 'operator', headers: { 'Idempotency-Key': 'mine' }, body: { comment: 'x' } } as const
  const path = `post /api/alerts/${anId(1)}/acknowledge`
  const [first, again] = [await app.call(path, request), await app.call(path, request)]
  expect([first.body, again.body]).toEqual([{ ...(first.body as object), outcome: 'acknowledged' }, first.body])
})

test('the list is newest first, filtered, and continues where it ended although newer alerts arrived', async () => {
  await apply(
    ...[1, 2, 3].map((n) => opened(n)),
    opened(4, { at: openedAt + 500, ...head(4, 'node-2') }),
    opened(5, { at: openedAt - 500, severity: 'critical' }),
    resolved(5),
  )
  expect(await list()).toEqual([4, 3, 2, 1, 5].map(anId))
  expect(await list('?node_id=node-2')).toEqual([anId(4)])
  expect(await list('?severity=critical')).toEqual([anId(5)])
  expect(await list('?phase=firing&node_password=x')).toEqual([4, 3, 2, 1].map(anId))
  const first = await app.call<AlertItem[]>('get /api/alerts?limit=2', { as: 'viewer' })
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
  await apply(opened(6, { at: openedAt + 900 }))
  const second = await app.call<AlertItem[]>(`get ${next}`, { as: 'viewer' })
  expect(second.body.map(({ id }) => id)).toEqual([2, 1].map(anId))
  const cursor = Buffer.from(JSON.stringify([-8e15, anId(1)])).toString('base64url')
  expect(problemIn(await app.call(`get /api/alerts?cursor=${cursor}`, { as: 'viewer' }))).toEqual([
    400,
    'invalid_request',
  ])
})

test('a timeline continues at its cursor, and an unknown alert has none', async () => {
  await apply(opened(1), escalated(1), resolved(1))
  const path = `get /api/alerts/${anId(1)}/events`
  const first = await app.call<AlertEvent[]>(`${path}?limit=2`, { as: 'viewer' })
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
  const second = await app.call<AlertEvent[]>(`get ${next}`, { as: 'viewer' })
  expect([...first.body, ...second.body].map(({ kind }) => kind)).toEqual(['opened', 'escalated', 'resolved'])
  expect(problemIn(await app.call(`get /api/alerts/${anId(9)}/events`, { as: 'viewer' }))).toEqual([
    404,
    'alert_not_found',
  ])
})

test('the message of a lowered alert is true of its value', async () => {
  await app.pool.query(`insert into rule (id, metric, version, deleted) values ($1, 'cpu_usage', 1, false)`, [
    aRule().id,
  ])
  await app.pool.query('insert into rule_version (rule_id, version, rule) values ($1, 1, $2)', [aRule().id, aRule()])
  await apply(opened(1), escalated(1), {
    ...head(1, 'node-1'),
    kind: 'eased',
    at: openedAt + 2_000,
    severity: 'warning',
    value: 82.9,
    threshold: 85,
  })
  const { body } = await app.call<AlertItem[]>('get /api/alerts', { as: 'viewer' })
  expect(body[0]?.message).toBe('Server node-1: CPU 82.9\u202f%, clears below 75\u202f%')
})

test('the message has the unit of the producer', async () => {
  await app.pool.query(
    `insert into node (node_id, node_name, last_seen, latest, units)
     values ('node-1', 'n', now(), '{}', '{"temp": "°C"}')`,
  )
  await apply(opened(1, { series: { nodeId: 'node-1', nodeName: 'Oven', metric: 'temp' } }))
  const { body } = await app.call<AlertItem[]>('get /api/alerts', { as: 'viewer' })
  expect(body[0]?.message).toBe('Oven: Temp 90.0\u202f°C > 85\u202f°C')
})

test('old resolved alerts are deleted, here and on the consoles', async () => {
  await apply(opened(1), opened(2), resolved(2), opened(3), resolved(3))
  const before = Date.now() + 1_000
  const forget = () => withTx(app.pool, (db) => deleteOldAlerts(db, { before, limit: 1 }))
  expect([await forget(), await forget(), await forget()]).toEqual([1, 1, 0])
  expect(await list()).toEqual([anId(1)])
  const { rows } = await app.pool.query('select key from outbox where payload is null order by id')
  expect(rows).toEqual([{ key: anId(2) }, { key: anId(3) }])
})
