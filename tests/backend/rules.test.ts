import { ruleIndex } from '#shared/rule/rule-index.ts'
import { metricOfRule, type Rule, type RuleDraft } from '#shared/rule/rule.ts'
import { stockRules } from '#shared/rule/stock-rules.ts'
import { decodeRuleRecord } from '#shared/codec/record-codecs.ts'
import type { RuleRecord } from '#shared/team/team-records.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { loadRules, prepareRules, ruleRevision } from '../../src-backend/rules/service.ts'
import { ruleRoutes } from '../../src-backend/rules/routes.ts'
import { problemIn, testApp, type TestApp } from '../support/backend-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await testApp(() => ruleRoutes())
})
afterAll(() => app.end())
beforeEach(async () => {
  await app.pool.query('truncate rule, rule_version, outbox, audit, idempotency, node restart identity cascade')
})

const draft = (change: Partial<RuleDraft> = {}): RuleDraft => ({
  scope: { kind: 'all' },
  metric: 'disk_io',
  condition: 'greater',
  warning: 80,
  forSeconds: 0,
  enabled: true,
  ...change,
})

async function create(change: Partial<RuleDraft> = {}): Promise<Rule> {
  const { status, body, headers } = await app.call<Rule>('post /api/rules', { as: 'admin', body: draft(change) })
  expect([status, headers.get('etag')]).toEqual([201, '"1"'])
  return body
}

const update = (rule: Rule, change: Partial<RuleDraft>, headers: Record<string, string> = {}) =>
  app.call<Rule>(`put /api/rules/${rule.id}`, { as: 'admin', body: draft(change), headers })

async function queued(): Promise<Array<{ key: string; record: RuleRecord }>> {
  const { rows } = await app.pool.query<{ key: string; payload: unknown }>(
    `select key, payload from outbox where topic = 'remo-rules' order by id`,
  )
  return rows.map(({ key, payload }) => {
    const record = decodeRuleRecord(payload)
    if (!record.ok) throw new Error(`unreadable: ${JSON.stringify(record.unread)}`)
    return { key, record: record.value }
  })
}

test('a rule is created, changed and deleted; consoles receive each version with the earlier ones', async () => {
  const before = Date.now()
  const first = await create()
  expect(first).toEqual({
    id: first.id,
    version: 1,
    ...draft(),
    deleted: false,
    effectiveFrom: first.updatedAt + 2_000,
    updatedBy: 'admin',
    updatedAt: first.updatedAt,
  })
  expect(first.updatedAt).toBeGreaterThanOrEqual(before)

  const { status, body: second, headers } = await update(first, { warning: 90 }, { 'If-Match': '"1"' })
  expect([status, headers.get('etag')]).toEqual([200, '"2"'])
  expect(second).toMatchObject({ id: first.id, version: 2, warning: 90 })
  // Never before the version that it replaces, however close the two are.
  expect(second.effectiveFrom).toBeGreaterThanOrEqual(first.effectiveFrom + 2_000)
  const shown = await app.call('get /api/rules/' + first.id, { as: 'viewer' })
  expect([shown.body, shown.headers.get('etag')]).toEqual([second, '"2"'])

  const removed = await app.call('delete /api/rules/' + first.id, { as: 'admin', headers: { 'If-Match': '"2"' } })
  expect(removed.body).toEqual({ message: 'Rule removed' })
  expect((await app.call('get /api/rules', { as: 'viewer' })).body).toEqual([])
  const gone = await app.call('get /api/rules/' + first.id, { as: 'viewer' })
  expect([...problemIn(gone), (gone.body as { detail: string }).detail]).toEqual([
    404,
    'rule_not_found',
    'admin deleted this rule.',
  ])

  const records = await queued()
  const last = records.at(-1)?.record
  expect(records.map(({ key, record }) => [key, record.rule.version, record.earlier.map((r) => r.version)])).toEqual([
    [first.id, 1, []],
    [first.id, 2, [1]],
    [first.id, 3, [1, 2]],
  ])
  expect(last).toEqual({ rule: { ...last?.rule, deleted: true, version: 3, warning: 90 }, earlier: [first, second] })
})

test('every change leaves its author, and the state before and after', async () => {
  const first = await create()
  const { body: second } = await update(first, { warning: 90 })
  await app.call(`delete /api/rules/${first.id}`, { as: 'admin' })
  const { rows } = await app.pool.query('select actor, action, subject, before, after from audit order by id')
  const about = { actor: 'admin', subject: first.id }
  expect(rows).toEqual([
    { ...about, action: 'rule.created', before: null, after: first },
    { ...about, action: 'rule.changed', before: first, after: second },
    { ...about, action: 'rule.removed', before: second, after: null },
  ])
})

test('of 20 editors of the same version exactly one changes it; the others learn the author and the version', async () => {
  const rule = await create()
  const responses = await Promise.all(
    Array.from({ length: 20 }, (_, n) => update(rule, { warning: n }, { 'If-Match': '"1"' })),
  )
  const lost = responses.filter(({ status }) => status !== 200)
  expect(lost).toHaveLength(19)
  for (const { status, body } of lost) {
    expect([status, body]).toMatchObject([
      409,
      {
        code: 'version_conflict',
        version: 2,
        detail: 'admin changed this rule. Version 2 is now in effect.',
      },
    ])
  }
})

test('without If-Match the last write wins', async () => {
  const rule = await create()
  await Promise.all(Array.from({ length: 5 }, (_, n) => update(rule, { warning: n })))
  const { body } = await update(rule, { warning: 99 })
  expect(body).toMatchObject({ version: 7, warning: 99 })
})

test('one rule per target: a second one is refused, also by moving one there; a deleted one frees it', async () => {
  const all = await create()
  const one = await create({ scope: { kind: 'node', nodeId: 'web-7' } })
  const second = await app.call('post /api/rules', { as: 'admin', body: draft() })
  expect([...problemIn(second), (second.body as { detail: string }).detail]).toEqual([
    409,
    'rule_exists',
    'A rule for disk_io on all nodes already exists. Change that one.',
  ])
  expect(problemIn(await update(one, {}))).toEqual([409, 'rule_exists'])
  await app.call(`delete /api/rules/${all.id}`, { as: 'admin' })
  expect((await update(one, {})).body).toMatchObject({ version: 2, scope: { kind: 'all' } })
})

test('a rule for a pattern is one target of its own; two patterns that match a known node are refused', async () => {
  await app.pool.query(
    `insert into node (node_id, node_name, last_seen, latest, series, forgotten_at)
     select id, id, now(), '{}', '{}', case when id = 'gone-1' then now() end
     from unnest(array['db-1', 'db-2', 'web-1', 'gone-1']) as id`,
  )
  const pattern = (text: string) => ({ scope: { kind: 'pattern', pattern: text } as const })
  const detailOf = ({ body }: { body: unknown }): string => (body as { detail: string }).detail
  const post = (text: string) => app.call('post /api/rules', { as: 'admin', body: draft(pattern(text)) })
  await create()
  const db = await create(pattern('db-.*'))
  const web = await create(pattern('web-.*'))
  const same = await post('db-.*')
  expect([...problemIn(same), detailOf(same)]).toEqual([
    409,
    'rule_exists',
    'A rule for disk_io on db-.* already exists. Change that one.',
  ])
  const overlapping = await post('.*-[12]')
  expect([...problemIn(overlapping), detailOf(overlapping)]).toEqual([
    409,
    'patterns_overlap',
    '.*-[12] and db-.* both match db-1 and db-2. Only one pattern can apply to a node.',
  ])
  expect(problemIn(await update(web, pattern('.*-2')))).toEqual([409, 'patterns_overlap'])
  // A forgotten node is in no list, so nobody could tell which rule it has.
  await create({ ...pattern('gone-.*') })
  expect((await update(db, pattern('db-[0-9]+'))).body).toMatchObject({ version: 2, ...pattern('db-[0-9]+') })
  const last = (await queued()).at(-1)
  expect(last?.record.rule.scope).toEqual({ kind: 'pattern', pattern: 'db-[0-9]+' })
  const payload = await app.pool.query<{ payload: { rule: object } }>('select payload from outbox order by id desc')
  expect(payload.rows[0]?.payload.rule).toMatchObject({ needs: 4, needsVersion: '0.2' })
})

test('a pattern that cannot be compiled is refused at its field, with the part that is wrong', async () => {
  const body = { ...draft(), scope: { kind: 'pattern', pattern: 'db-(' } }
  const refused = await app.call('post /api/rules', { as: 'admin', body })
  expect(problemIn(refused)).toEqual([400, 'invalid_request'])
  expect(JSON.stringify(refused.body)).toContain('Missing closing ): db-(')
})

test('20 simultaneous requests create one rule for one target', async () => {
  const responses = await Promise.all(
    Array.from({ length: 20 }, () => app.call('post /api/rules', { as: 'admin', body: draft() })),
  )
  expect(responses.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(19).fill(409)])
})

test('a change is in effect within seconds, although the clock of a node is ahead', async () => {
  const ahead = Date.now() + 3_000_000
  await app.pool.query(
    `insert into node (node_id, node_name, last_seen, latest)
     values ('early', 'Early', to_timestamp($1::double precision / 1000), '{}')`,
    [ahead],
  )
  const { effectiveFrom, updatedAt } = await create()
  expect(effectiveFrom).toBe(updatedAt + 2_000)
})

test('the same idempotency key creates one rule', async () => {
  const request = { as: 'admin', body: draft(), headers: { 'Idempotency-Key': 'a-key-of-mine' } } as const
  const [first, again] = [await app.call('post /api/rules', request), await app.call('post /api/rules', request)]
  expect([again.status, again.body]).toEqual([201, first.body])
  expect((await queued()).length).toBe(1)
})

test('names that PostgreSQL cannot store, impossible levels and unknown fields are refused with a sentence', async () => {
  const bodies = [
    draft({ metric: 'a\0b' }),
    draft({ scope: { kind: 'node', nodeId: '\ud800' } }),
    draft({ warning: 90, critical: 80 }),
    { ...draft(), color: 'red' },
  ]
  for (const body of bodies) {
    const response = await app.call('post /api/rules', { as: 'admin', body: JSON.stringify(body) })
    expect(problemIn(response)).toEqual([400, 'invalid_request'])
  }
  expect(await queued()).toEqual([])
})

test('a list continues at its cursor, each rule once', async () => {
  for (const metric of ['a', 'b', 'c']) await create({ metric })
  const first = await app.call<Rule[]>('get /api/rules?limit=2', { as: 'viewer' })
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
  const second = await app.call<Rule[]>(`get ${next}`, { as: 'viewer' })
  expect([first.body, second.body].map((page) => page.map(metricOfRule))).toEqual([['a', 'b'], ['c']])
  expect(second.headers.get('link')).toBeNull()
  const bad = Buffer.from('[99999999999]').toString('base64url')
  expect(problemIn(await app.call(`get /api/rules?cursor=${bad}`, { as: 'viewer' }))).toEqual([400, 'invalid_request'])
})

test('the stock rules are created once, however many replicas start, are published, and stay deleted', async () => {
  await Promise.all(Array.from({ length: 5 }, () => prepareRules(app.pool)))
  const listed = await app.call<Rule[]>('get /api/rules', { as: 'viewer' })
  expect(listed.body).toEqual(stockRules(0))
  expect((await queued()).map(({ record }) => record)).toEqual(stockRules(0).map((rule) => ({ rule, earlier: [] })))
  for (const { id } of listed.body) await app.call(`delete /api/rules/${id}`, { as: 'admin' })
  await prepareRules(app.pool)
  expect((await app.call('get /api/rules', { as: 'viewer' })).body).toEqual([])
})

test('a database of version 0.1.0 gets the rule for offline nodes once, published, with the seconds of its CPU rule', async () => {
  const cpu = { ...draft({ metric: 'cpu_usage' }), noDataSeconds: 300 }
  const { body: own } = await app.call<Rule>('post /api/rules', { as: 'admin', body: cpu })
  await Promise.all(Array.from({ length: 3 }, () => prepareRules(app.pool)))
  const { body } = await app.call<Rule[]>('get /api/rules', { as: 'viewer' })
  expect(body).toMatchObject([{ id: own.id }, { kind: 'offline', seconds: 300, severity: 'critical', enabled: true }])
  expect((await queued()).map(({ record }) => record.rule)).toEqual(body)
  // Version 0.1.0 defers the record, because it cannot evaluate the rule.
  const { rows } = await app.pool.query<{ rule: unknown }>(
    `select payload -> 'rule' as rule from outbox order by id desc`,
  )
  expect(rows[0]?.rule).toMatchObject({ needs: 2, needsVersion: '0.2' })
  await app.call(`delete /api/rules/${body[1]?.id}`, { as: 'admin' })
  await prepareRules(app.pool)
  expect((await app.call<Rule[]>('get /api/rules', { as: 'viewer' })).body).toMatchObject([{ id: own.id }])
})

test('of two rules for offline nodes with one scope, the second is refused; a node may have its own', async () => {
  const offline: RuleDraft = {
    kind: 'offline',
    scope: { kind: 'all' },
    seconds: 60,
    severity: 'warning',
    enabled: true,
  }
  const post = (body: object) => app.call('post /api/rules', { as: 'admin', body })
  expect((await post(offline)).status).toBe(201)
  expect(problemIn(await post({ ...offline, seconds: 90 }))).toEqual([409, 'rule_exists'])
  expect((await post({ ...offline, scope: { kind: 'node', nodeId: 'node-1' } })).status).toBe(201)
  expect(problemIn(await post({ ...offline, scope: { kind: 'node', nodeId: 'node-2' }, seconds: 4 }))).toEqual([
    400,
    'invalid_request',
  ])
})

test('the rule index of the ingest has all versions, and the revision shows that it is old', async () => {
  expect(await loadRules(app.pool)).toMatchObject({ revision: 0 })
  const first = await create({ metric: 'cpu_usage' })
  const { body: second } = await update(first, { metric: 'cpu_usage', warning: 90 })
  const { revision, index } = await loadRules(app.pool)
  expect(revision).toBe(await ruleRevision(app.pool))
  expect(index.versions().toSorted((a, b) => a.version - b.version)).toEqual(ruleIndex([first, second]).versions())
  await update(first, { metric: 'cpu_usage', warning: 91 })
  expect(await ruleRevision(app.pool)).toBeGreaterThan(revision)
})

test('a revision that a replica has seen is never followed by a lower one that commits later', async () => {
  const seen: Array<{ revision: number; versions: number }> = []
  let isOver = false
  const look = async () => {
    while (!isOver) {
      const { rows } = await app.pool.query<{ revision: number; versions: number }>(
        'select max(revision)::integer as revision, count(*)::integer as versions from rule_version',
      )
      seen.push(...rows)
    }
  }
  const looking = look()
  await Promise.all(Array.from({ length: 30 }, (_, n) => create({ metric: `metric ${n}` })))
  isOver = true
  await looking
  const { rows } = await app.pool.query<{ revision: number }>(
    'select revision::integer as revision from rule_version order by revision',
  )
  const upTo = (revision: number | null) => rows.filter((row) => row.revision <= (revision ?? 0)).length
  expect(seen.map(({ versions }) => versions)).toEqual(seen.map(({ revision }) => upTo(revision)))
})
