import { dayMs, hourMs, minuteMs } from '#shared/format/time-units.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { silenceCodec } from '#shared/codec/domain-codecs.ts'
import type { AlertItem } from '#shared/rest/alerts.ts'
import type { Problem } from '#shared/rest/problems.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aMatcher, aWeekly } from '#shared/silence/silence-builders.ts'
import type { Silence, SilenceDraft } from '#shared/silence/silence.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { writeAlerts } from '../../src-backend/alerts/repo.ts'
import { alertRoutes } from '../../src-backend/alerts/routes.ts'
import { withTx } from '../../src-backend/db/tx.ts'
import { createJobs } from '../../src-backend/jobs/jobs.ts'
import { enqueueAll } from '../../src-backend/outbox/enqueue.ts'
import { silenceRoutes } from '../../src-backend/silences/routes.ts'
import { mostOpenSilences } from '../../src-backend/silences/service.ts'
import { type ApiResponse, problemIn, testApp, type TestApp } from '../support/backend-app.ts'
import { nullLog } from '../support/null-log.ts'

let app: TestApp
beforeAll(async () => {
  app = await testApp(() => [...silenceRoutes({ longestDays: 30 }), ...alertRoutes()])
})
afterAll(() => app.end())
beforeEach(async () => {
  await app.pool.query('truncate silence, alert, alert_event, outbox, audit, idempotency cascade')
  await app.pool.query('update team_database set alert_versions_above = 0')
})

const once = (startsAt: number, endsAt: number) => ({ kind: 'once' as const, startsAt, endsAt })
const draftAt = (now: number, change: Partial<SilenceDraft> = {}): SilenceDraft => ({
  matchers: [aMatcher('node', '=', 'node-1')],
  schedule: once(now, now + 2 * hourMs),
  comment: 'disk swap',
  ...change,
})

type Extra = { readonly as?: 'viewer' | 'operator' | 'admin'; readonly headers?: Record<string, string> }
const create = (body: object, { as = 'operator', ...extra }: Extra = {}) =>
  app.call<Silence>('post /api/silences', { as, body, ...extra })
const update = (id: string, body: object, { as = 'operator', ...extra }: Extra = {}) =>
  app.call<Silence>(`put /api/silences/${id}`, { as, body, ...extra })
const expire = (id: string, query = '', { as = 'operator', ...extra }: Extra = {}) =>
  app.call<Silence>(`delete /api/silences/${id}${query}`, { as, ...extra })
const list = async (query = '') =>
  (await app.call<Silence[]>(`get /api/silences${query}`, { as: 'viewer' })).body.map(({ id }) => id)

function issuesOf({ body }: ApiResponse): Problem['issues'] {
  return (body as Problem).issues
}

async function queued(): Promise<ReadonlyArray<readonly [key: string, record: unknown]>> {
  const { rows } = await app.pool.query<{ key: string; payload: unknown }>(
    `select key, payload from outbox where topic = 'remo-alerts' order by id`,
  )
  return rows.map(({ key, payload }) => [key, payload] as const)
}

async function audited() {
  const { rows } = await app.pool.query<{
    actor: string
    action: string
    subject: string
    before: unknown
    after: unknown
  }>('select actor, action, subject, before, after from audit order by id')
  return rows
}

test('a silence is made, extended and ended: three versions, three records, three rows of the audit', async () => {
  const now = Date.now()
  const made = await create(draftAt(now))
  const { id } = made.body
  expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"'])
  expect(made.body).toMatchObject({ ...draftAt(now), version: 1, createdBy: 'operator', updatedBy: 'operator' })
  expect(made.body.createdAt).toBeGreaterThanOrEqual(now)
  const longer = draftAt(now, { schedule: once(now, now + 5 * hourMs) })
  const extended = await update(id, longer, { as: 'admin', headers: { 'If-Match': '"1"' } })
  expect(extended.body).toMatchObject({ ...longer, version: 2, createdBy: 'operator', updatedBy: 'admin' })
  const ended = await expire(id)
  expect(ended.body).toMatchObject({ version: 3, updatedBy: 'operator', schedule: longer.schedule })
  expect(ended.body.expiredAt).toBeGreaterThanOrEqual(now)
  expect(await app.call(`get /api/silences/${id}`, { as: 'viewer' })).toMatchObject({ body: ended.body })

  const versions = [made.body, extended.body, ended.body]
  expect(await queued()).toEqual(
    versions.map((silence) => [`silence:${id}`, { ...silence, needs: 4, needsVersion: '0.2' }]),
  )
  expect(silenceCodec.decode((await queued())[0]?.[1], 3)).toMatchObject({ unread: { kind: 'needs-newer' } })
  expect(await audited()).toEqual([
    { actor: 'operator', action: 'silence.created', subject: id, before: null, after: made.body },
    { actor: 'admin', action: 'silence.changed', subject: id, before: made.body, after: extended.body },
    { actor: 'operator', action: 'silence.expired', subject: id, before: extended.body, after: ended.body },
  ])
})

test('a viewer reads silences and changes none', async () => {
  const { id } = (await create(draftAt(Date.now()))).body
  expect(await list()).toEqual([id])
  const as = 'viewer'
  const tried = [
    await create(draftAt(Date.now()), { as }),
    await update(id, draftAt(Date.now()), { as }),
    await expire(id, '', { as }),
  ]
  expect(tried.map(problemIn)).toEqual(tried.map(() => [403, 'forbidden']))
})

test('each problem of a draft is named at its place, and nothing is stored', async () => {
  const now = Date.now()
  const bad = {
    matchers: [aMatcher('node', '=~', '(db'), aMatcher('metrics', '=', '4')],
    schedule: once(now + hourMs, now),
    comment: ' ',
  }
  const refused = await create(bad)
  expect(problemIn(refused)).toEqual([400, 'invalid_request'])
  expect(issuesOf(refused)).toEqual([
    { path: 'body.matchers.0', message: 'Missing closing ): (db' },
    {
      path: 'body.matchers.1',
      message: 'No alert has the label metrics. Did you mean metric?',
    },
    { path: 'body.schedule.endsAt', message: 'The end must be after the start.' },
    { path: 'body.comment', message: 'Write why, for your team.' },
  ])
  for (const [change, path, message] of [
    [
      { schedule: aWeekly({ zone: 'Mars/Base' }) },
      'body.schedule.zone',
      'Mars/Base is no time zone. Use a name like Europe/Zurich.',
    ],
    [
      { schedule: aWeekly({ from: '22:00', to: '23:00', daysLater: 7 }) },
      'body.schedule.to',
      'A weekly window lasts at most a week.',
    ],
    [{ schedule: once(now, now + 31 * dayMs) }, 'body.schedule.endsAt', 'A silence lasts at most 30 days.'],
    [{ schedule: once(now - 2 * hourMs, now - hourMs) }, 'body.schedule.endsAt', 'The end must be in the future.'],
    [{ comment: 'a\0b' }, 'body.comment', 'The text must be valid Unicode without NUL.'],
    [
      { matchers: [aMatcher('node', '=', '\ud800')] },
      'body.matchers.0.value',
      'The text must be valid Unicode without NUL.',
    ],
  ] as const) {
    const response = await create(draftAt(now, change as Partial<SilenceDraft>))
    expect(response).toMatchObject({ status: 400, body: { detail: message, issues: [{ path, message }] } })
  }
  for (const body of [
    { ...draftAt(now), matchers: [] },
    { ...draftAt(now), until: 5 },
    { ...draftAt(now), at: now - 8 * dayMs },
    { ...draftAt(now), id: 'mine' },
    { ...draftAt(now), schedule: once(-1e20, 1e300) },
    { ...draftAt(now), matchers: Array.from({ length: 17 }, () => aMatcher('node', '=', 'a')) },
  ]) {
    expect(problemIn(await create(body))).toEqual([400, 'invalid_request'])
  }
  expect([await list(), await queued(), await audited()]).toEqual([[], [], []])
})

test('a pattern that would take for ever elsewhere is matched in linear time', async () => {
  const alert = anAlert({ id: anId(1), nodeId: `${'a'.repeat(120)}!`, openedAt: Date.now() })
  await withTx(app.pool, (db) => writeAlerts(db, [{ version: 1, alert }]))
  expect((await create(draftAt(Date.now(), { matchers: [aMatcher('node', '=~', '(a+)+')] }))).status).toBe(201)
  const begin = performance.now()
  const { body } = await app.call<AlertItem[]>('get /api/alerts', { as: 'viewer' })
  expect([body[0]?.silenced_by, performance.now() - begin < 10_000]).toEqual([[], true])
})

test('a silence that was made offline is accepted late, even after its end, and only once', async () => {
  const at = Date.now() - 5 * hourMs
  const body = { id: anId(5), at, ...draftAt(at) }
  const [first, again] = [await create(body), await create(body)]
  expect(first.body).toMatchObject({ id: anId(5), createdAt: at, updatedAt: at, version: 1 })
  expect([again.status, again.body]).toEqual([201, first.body])
  expect([await list('?ended=true'), await list('?ended=false')]).toEqual([[anId(5)], []])
  expect([(await queued()).length, (await audited()).length]).toEqual([1, 1])
})

test('of many simultaneous requests with one id, one makes the silence, and all get it', async () => {
  const body = { id: anId(5), ...draftAt(Date.now()) }
  const responses = await Promise.all(Array.from({ length: 20 }, () => create(body)))
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([201]))
  expect(new Set(responses.map(({ body: { createdAt } }) => createdAt)).size).toBe(1)
  expect((await queued()).length).toBe(1)
})

test('an id that is taken by other contents or another author is refused', async () => {
  const draft = draftAt(Date.now())
  await create({ id: anId(5), ...draft })
  const taken = [409, 'silence_exists']
  expect(problemIn(await create({ id: anId(5), ...draft, comment: 'another' }))).toEqual(taken)
  expect(problemIn(await create({ id: anId(5), ...draft }, { as: 'admin' }))).toEqual(taken)
  expect((await create({ id: anId(5).toUpperCase(), ...draft })).status).toBe(201)
  expect(await list()).toEqual([anId(5)])
})

test('the clock of a console may be ahead: what it does now counts as now', async () => {
  const before = Date.now()
  const ahead = before + 10 * minuteMs
  const body = { id: anId(5), at: ahead, ...draftAt(ahead) }
  const { body: made } = await create(body)
  const { startsAt } = made.schedule
  expect([made.createdAt - before < minuteMs, startsAt === made.createdAt]).toEqual([true, true])
  expect(made.schedule.endsAt).toBe(ahead + 2 * hourMs)
  expect((await create(body)).body).toEqual(made)
  const { body: ended } = await expire(anId(5), `?at=${ahead}`)
  expect((ended.expiredAt ?? Infinity) - before).toBeLessThan(minuteMs)
})

test('an edit of an older version is a conflict that names the current one', async () => {
  const now = Date.now()
  const { id } = (await create(draftAt(now))).body
  await update(id, draftAt(now, { comment: 'by another' }), { as: 'admin' })
  const old = { headers: { 'If-Match': '"1"' } }
  for (const refused of [await update(id, draftAt(now), old), await expire(id, '', old)]) {
    expect(problemIn(refused)).toEqual([409, 'version_conflict'])
    expect(refused.body).toMatchObject({
      version: 2,
      detail: 'admin changed this silence. Version 2 is now in effect.',
    })
  }
  expect((await expire(id, '', { headers: { 'If-Match': '"2"' } })).body.version).toBe(3)
})

test('a silence that has ended is not changed, unless that was done before its end; ending it again changes nothing', async () => {
  const at = Date.now() - 3 * hourMs
  const { id } = (await create({ at, ...draftAt(at) })).body
  expect(problemIn(await update(id, draftAt(Date.now())))).toEqual([409, 'silence_ended'])
  const offline = { at: at + hourMs, ...draftAt(at, { schedule: once(at, Date.now() + hourMs) }) }
  expect((await update(id, offline)).body).toMatchObject({ version: 2, updatedAt: at + hourMs })
  const ended = await expire(id, `?at=${at + 2 * hourMs}`)
  expect(ended.body).toMatchObject({ version: 3, expiredAt: at + 2 * hourMs })
  expect((await expire(id)).body).toEqual(ended.body)
  const refused = await update(id, draftAt(Date.now()))
  expect([problemIn(refused), (refused.body as unknown as Problem).detail]).toEqual([
    [409, 'silence_ended'],
    'This silence has ended. operator ended it. Create another one.',
  ])
  for (const unknown of [await update(anId(9), draftAt(Date.now())), await expire(anId(9))])
    expect(problemIn(unknown)).toEqual([404, 'silence_not_found'])
})

test('the same idempotency key gets the same response, although the silence was changed in between', async () => {
  const now = Date.now()
  const headers = { 'Idempotency-Key': 'mine' }
  const first = await create(draftAt(now), { headers })
  await update(first.body.id, draftAt(now, { comment: 'other' }))
  expect((await create(draftAt(now), { headers })).body).toEqual(first.body)
  expect(problemIn(await create(draftAt(now, { comment: 'x' }), { headers }))).toEqual([409, 'idempotency_mismatch'])
  expect(await list()).toEqual([first.body.id])
})

test('the list is newest first, and continues where it ended although newer ones were made', async () => {
  const at = Date.now() - hourMs
  const make = (n: number) => create({ id: anId(n), at: at + n, ...draftAt(at) })
  for (const n of [3, 1, 2]) await make(n)
  const first = await app.call<Silence[]>('get /api/silences?limit=2', { as: 'viewer' })
  const [, next = ''] = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '') ?? []
  await make(4)
  const second = await app.call<Silence[]>(`get ${next}`, { as: 'viewer' })
  expect([first, second].map(({ body }) => body.map(({ id }) => id))).toEqual([[anId(3), anId(2)], [anId(1)]])
  expect(problemIn(await app.call('get /api/silences?cursor=abc', { as: 'viewer' }))).toEqual([400, 'invalid_request'])
})

test('alerts name the silences that match them now, and follow each change at once', async () => {
  const now = Date.now()
  const alerts = ['node-1', 'node-2'].map((nodeId, i) => anAlert({ id: anId(i + 1), nodeId, openedAt: now }))
  const over = anAlert({ id: anId(3), nodeId: 'node-1', openedAt: now, phase: 'resolved', resolvedAt: now })
  await withTx(app.pool, (db) =>
    writeAlerts(
      db,
      [...alerts, over].map((alert) => ({ version: 1, alert })),
    ),
  )
  const silencedBy = async () => {
    const { body } = await app.call<AlertItem[]>('get /api/alerts', { as: 'viewer' })
    return Object.fromEntries(body.map(({ id, silenced_by }) => [id, silenced_by]))
  }
  const none = { [anId(1)]: [], [anId(2)]: [], [anId(3)]: [] }
  expect(await silencedBy()).toEqual(none)
  const one = (await create(draftAt(now, { matchers: [aMatcher('node', '=~', 'node-.*')] }))).body.id
  await create(draftAt(now, { schedule: once(now + hourMs, now + 2 * hourMs) }))
  expect(await silencedBy()).toEqual({ ...none, [anId(1)]: [one], [anId(2)]: [one] })
  const { body } = await app.call<AlertItem>(`get /api/alerts/${anId(2)}`, { as: 'viewer' })
  expect(body.silenced_by).toEqual([one])
  await update(one, draftAt(now))
  expect(await silencedBy()).toEqual({ ...none, [anId(1)]: [one] })
  const acknowledged = await app.call<{ alert: AlertItem }>(`post /api/alerts/${anId(1)}/acknowledge`, {
    as: 'operator',
  })
  expect(acknowledged.body.alert.silenced_by).toEqual([one])
  await expire(one)
  expect(await silencedBy()).toEqual(none)
})

test('a weekly window without an end is never over, and is deleted 90 days after a person ended it', async () => {
  const now = Date.now()
  await create({ id: anId(1), ...draftAt(now, { schedule: aWeekly() }) })
  await create({ id: anId(2), ...draftAt(now, { schedule: aWeekly() }) })
  await create({ id: anId(3), ...draftAt(now) })
  await expire(anId(2))
  const retention = { rawDays: 14, rollupDays: 365, alertDays: 90, auditDays: 365 }
  const jobs = (at: number) => createJobs({ pool: app.pool, config: { retention }, log: nullLog, now: () => at })
  await jobs(now + 89 * dayMs).runNow('retention')
  expect(await list('?ended=false')).toEqual([anId(3), anId(1)])
  expect((await list()).length).toBe(3)
  await jobs(Date.now() + 91 * dayMs).runNow('retention')
  expect(await list()).toEqual([anId(1)])
  const tombstones = (await queued()).filter(([, record]) => record === null).map(([key]) => key)
  expect(tombstones.toSorted()).toEqual([`silence:${anId(2)}`, `silence:${anId(3)}`])
})

test('topics that were lost get all silences again', async () => {
  const now = Date.now()
  await create({ id: anId(2), ...draftAt(now) })
  await create({ id: anId(1), ...draftAt(now, { schedule: aWeekly() }) })
  const before = await queued()
  await enqueueAll(app.pool, 'remo-alerts')
  expect((await queued()).toSorted()).toEqual(before.toSorted())
})

test('keys that a newer version added stay through an edit; a silence that it cannot read hides nothing and is not changed', async () => {
  const now = Date.now()
  const { id } = (await create(draftAt(now))).body
  await app.pool.query(`update silence set silence = silence || '{"reason": {"ticket": 7}}'`)
  const edited = await update(id, draftAt(now, { comment: 'longer' }))
  expect([edited.status, 'reason' in edited.body]).toEqual([200, false])
  expect((await queued()).at(-1)?.[1]).toMatchObject({ comment: 'longer', reason: { ticket: 7 } })
  await app.pool.query(`update silence set silence = silence || '{"needs": 99, "needsVersion": "0.3"}'`)
  const refused = await expire(id)
  expect(problemIn(refused)).toEqual([503, 'unavailable'])
  expect((refused.body as unknown as Problem).detail).toMatch(/^Silence .+ needs ReMo 0\.3 or newer\./)
  const alert = anAlert({ id: anId(1), nodeId: 'node-1', openedAt: now })
  await withTx(app.pool, (db) => writeAlerts(db, [{ version: 1, alert }]))
  const { body } = await app.call<AlertItem[]>('get /api/alerts', { as: 'viewer' })
  expect(body[0]?.silenced_by).toEqual([])
})

test('more silences than consoles can compare are refused with a sentence', async () => {
  await app.pool.query(
    `insert into silence (id, version, silence, created_at)
     select gen_random_uuid(), 1, '{}', now() from generate_series(1, ${mostOpenSilences})`,
  )
  const refused = await create(draftAt(Date.now()))
  expect(problemIn(refused)).toEqual([400, 'invalid_request'])
  expect((refused.body as unknown as Problem).detail).toMatch(/^At most 1000 silences/)
})
