import type { RulesApplied } from '#shared/rest/rules.ts'
import type { RuleDraft } from '#shared/rule/rule.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ruleRoutes } from '../../src-backend/rules/routes.ts'
import { thresholdRoutes } from '../../src-backend/thresholds/routes.ts'
import { problemIn, testApp, type TestApp } from '../support/backend-app.ts'

// Rules from a file: all or none, and read-only for everybody else while they are managed.

let app: TestApp
beforeAll(async () => {
  app = await testApp(() => [...ruleRoutes(), ...thresholdRoutes()])
})
afterAll(() => app.end())
beforeEach(async () => {
  await app.pool.query(
    'truncate rule, rule_version, rule_management, outbox, audit, idempotency, node restart identity cascade',
  )
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
const cpu = draft({ metric: 'cpu_usage' })
const apply = (body: object, headers: Record<string, string> = {}, as: 'admin' | 'operator' = 'admin') =>
  app.call<RulesApplied>('post /api/rules/apply', { as, body, headers })
const detailOf = ({ body }: { body: unknown }): string => (body as { detail: string }).detail
const targets = async (): Promise<string[]> => {
  const { body } = await app.call<Array<{ metric: string; version: number; warning: number }>>('get /api/rules', {
    as: 'viewer',
  })
  return body.map(({ metric, version, warning }) => `${metric} v${version} ${warning}`)
}
const counts = ({ added, changed, removed }: RulesApplied): number[] => [added.length, changed.length, removed.length]
const managed = { file: 'rules/production.yaml', revision: '4f2c9e1' }

test('rules become equal to those of a file: added, changed and removed in one step, with an audit row each', async () => {
  expect(counts((await apply({ rules: [draft(), cpu] })).body)).toEqual([2, 0, 0])
  const again = await apply({ rules: [draft(), cpu] })
  expect([counts(again.body), again.body.management]).toEqual([[0, 0, 0], null])
  const next = await apply({ rules: [{ ...cpu, warning: 70 }, draft({ metric: 'load' })] })
  expect(counts(next.body)).toEqual([1, 1, 1])
  expect(next.body.revision).toBeGreaterThan(again.body.revision)
  expect(await targets()).toEqual(['cpu_usage v2 70', 'load v1 80'])
  const { rows } = await app.pool.query<{ action: string }>('select action from audit order by id')
  expect(rows.map(({ action }) => action)).toEqual([
    'rule.created',
    'rule.created',
    'rule.removed',
    'rule.changed',
    'rule.created',
  ])
  const outbox = await app.pool.query('select from outbox')
  expect(outbox.rowCount).toBe(5)
})

test('a dry run changes nothing; its revision refuses to apply after another change', async () => {
  const dry = await apply({ rules: [cpu], dryRun: true })
  expect([counts(dry.body), await targets()]).toEqual([[1, 0, 0], []])
  await app.call('post /api/rules', { as: 'admin', body: draft() })
  const late = await apply({ rules: [cpu], ifRevision: dry.body.revision })
  expect([...problemIn(late), detailOf(late)]).toEqual([
    409,
    'version_conflict',
    'A rule changed after the comparison. Compare again.',
  ])
  const second = await apply({ rules: [cpu], dryRun: true })
  expect(counts(second.body)).toEqual([1, 0, 1])
  expect((await apply({ rules: [cpu], ifRevision: second.body.revision })).status).toBe(200)
  expect(await targets()).toEqual(['cpu_usage v1 80'])
})

test('nothing is applied by half: two rules for one target, overlapping patterns, an invalid rule', async () => {
  await app.pool.query(
    `insert into node (node_id, node_name, last_seen, latest, series) values ('db-1', 'db', now(), '{}', '{}')`,
  )
  const pattern = (text: string) => draft({ scope: { kind: 'pattern', pattern: text } })
  const twice = await apply({ rules: [cpu, draft(), draft({ warning: 1 })] })
  expect([...problemIn(twice), detailOf(twice)]).toEqual([409, 'rule_exists', 'Two rules for disk_io on all nodes.'])
  const overlap = await apply({ rules: [cpu, pattern('db-.*'), pattern('.*-1')] })
  expect([...problemIn(overlap), detailOf(overlap)]).toEqual([
    409,
    'patterns_overlap',
    'db-.* and .*-1 both match db-1. Only one pattern can apply to a node.',
  ])
  const invalid = await apply({ rules: [cpu, { ...draft(), critical: 1 }] })
  expect(problemIn(invalid)).toEqual([400, 'invalid_request'])
  const many = Array.from({ length: 501 }, (_, n) => pattern(`x${n}`))
  expect(problemIn(await apply({ rules: many }))).toEqual([400, 'invalid_request'])
  expect(await targets()).toEqual([])
})

test('a repeated request with the same key is applied once', async () => {
  const headers = { 'Idempotency-Key': '7a0e2cf0-52f6-4b0f-9f3a-1f6c1c8a0001' }
  const first = await apply({ rules: [cpu] }, headers)
  await apply({ rules: [] })
  const repeated = await apply({ rules: [cpu] }, headers)
  expect(repeated.body).toEqual(first.body)
  expect(await targets()).toEqual([])
})

test('1,500 rules are one request', async () => {
  const rules = Array.from({ length: 1_500 }, (_, n) => draft({ scope: { kind: 'node', nodeId: `node-${n}` } }))
  const { status, body } = await apply({ rules })
  expect([status, counts(body)]).toEqual([200, [1_500, 0, 0]])
})

test('managed rules change with their file alone, until an administrator releases them', async () => {
  const first = await apply({ rules: [cpu], managed })
  const management = { ...managed, by: 'admin', at: first.body.management?.at }
  expect(first.body.management).toEqual(management)
  expect((await app.call('get /api/rules/management', { as: 'viewer' })).body).toEqual(management)
  const [rule] = (await app.call<Array<{ id: string }>>('get /api/rules', { as: 'viewer' })).body
  await app.pool.query(
    `insert into node (node_id, node_name, last_seen, latest, series) values ('a', 'a', now(), '{}', '{}')`,
  )
  const threshold = { node_id: 'a', metric_type: 'cpu_usage', threshold_value: 5, condition: 'greater' }
  const refused = await Promise.all([
    app.call('post /api/rules', { as: 'admin', body: draft() }),
    app.call(`put /api/rules/${rule?.id}`, { as: 'admin', body: { ...cpu, warning: 1 } }),
    app.call(`delete /api/rules/${rule?.id}`, { as: 'admin' }),
    app.call('post /api/thresholds', { as: 'admin', body: threshold }),
    apply({ rules: [] }),
  ])
  for (const response of refused) {
    expect([...problemIn(response), detailOf(response)]).toEqual([
      409,
      'rules_managed',
      'The rules are managed from rules/production.yaml at 4f2c9e1. To change a rule, change the file.',
    ])
  }
  expect((await apply({ rules: [], dryRun: true })).status).toBe(200)
  await apply({ rules: [draft()], managed: { ...managed, revision: '5a' } })
  expect(await targets()).toEqual(['disk_io v1 80'])
  expect(problemIn(await app.call('delete /api/rules/management', { as: 'operator' }))).toEqual([403, 'forbidden'])
  await app.call('delete /api/rules/management', { as: 'admin' })
  expect((await app.call('get /api/rules/management', { as: 'viewer' })).body).toBeNull()
  expect((await app.call('post /api/rules', { as: 'admin', body: cpu })).status).toBe(201)
  const { rows } = await app.pool.query(
    `select action, subject, after from audit where action like 'rules.%' order by id`,
  )
  expect(rows).toMatchObject([
    { action: 'rules.managed', subject: managed.file, after: { revision: '4f2c9e1' } },
    { action: 'rules.managed', after: { revision: '5a' } },
    { action: 'rules.released', after: null },
  ])
})

test('only administrators apply', async () => {
  expect(problemIn(await apply({ rules: [] }, {}, 'operator'))).toEqual([403, 'forbidden'])
})

test('a name that cannot be stored is refused with its place in the list', async () => {
  const refused = await apply({ rules: [cpu, draft({ scope: { kind: 'pattern', pattern: 'web\0.*' } })] })
  expect(refused.status).toBe(400)
  expect(refused.body).toMatchObject({ issues: [{ path: 'body.rules.1.scope.pattern' }] })
})
