import type { Threshold } from '#shared/rest/thresholds.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ruleRoutes } from '../../src-backend/rules/routes.ts'
import { thresholdRoutes } from '../../src-backend/thresholds/routes.ts'
import { problemIn, testApp, type TestApp } from '../support/backend-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await testApp(() => [...thresholdRoutes(), ...ruleRoutes()])
})
afterAll(() => app.end())
beforeEach(async () => {
  await app.pool.query('truncate rule, rule_version, outbox, audit, node restart identity cascade')
  await app.pool.query(
    `insert into node (node_id, node_name, last_seen, latest)
     select id, id, '2026-11-24T10:00:00Z', '{}' from unnest(array['node-1', 'node-2']) as id`,
  )
})

const body = { node_id: 'node-1', metric_type: 'cpu_usage', threshold_value: 80, condition: 'greater' }
const save = (change: object = {}, headers: Record<string, string> = {}) =>
  app.call<Threshold>('post /api/thresholds', { as: 'admin', body: { ...body, ...change }, headers })
const list = async (query = '') =>
  (await app.call<Threshold[]>(`get /api/thresholds${query}`, { as: 'viewer' })).body.map(
    ({ node_id, metric_type, threshold_value }) => [node_id, metric_type, threshold_value],
  )

test('a threshold is a rule that warns beyond the value and is critical beyond 1.2 times it', async () => {
  const { status, body: threshold, headers } = await save()
  expect([status, headers.get('etag')]).toEqual([200, '"1"'])
  expect(threshold).toEqual({
    id: 1,
    ...body,
    created_at: threshold.created_at,
    updated_at: threshold.updated_at,
    critical_value: 96,
    enabled: true,
    rule_id: threshold.rule_id,
    version: 1,
  })
  const { body: rule } = await app.call<Rule>(`get /api/rules/${threshold.rule_id}`, { as: 'viewer' })
  expect(rule).toMatchObject({ scope: { kind: 'node', nodeId: 'node-1' }, warning: 80, critical: 96, forSeconds: 0 })
})

test('saving it again changes the one of this node and metric, also in simultaneous requests', async () => {
  const { body: first } = await save()
  const responses = await Promise.all([81, 82, 83].map((threshold_value) => save({ threshold_value })))
  expect(responses.map((response) => [response.status, response.body.id])).toEqual(Array(3).fill([200, first.id]))
  expect(responses.map((response) => response.body.version).sort()).toEqual([2, 3, 4])
  const { body: less } = await save({ condition: 'less', threshold_value: 5 })
  expect(less).toMatchObject({ id: first.id, version: 5, condition: 'less', threshold_value: 5, critical_value: null })
  expect(await list()).toEqual([['node-1', 'cpu_usage', 5]])
})

test('If-Match prevents overwriting, also if the threshold is deleted', async () => {
  const { body: first } = await save()
  expect(problemIn(await save({}, { 'If-Match': '"7"' }))).toEqual([409, 'version_conflict'])
  expect((await save({}, { 'If-Match': '"1"' })).status).toBe(200)
  const stale = await app.call(`delete /api/thresholds/${first.id}`, { as: 'admin', headers: { 'If-Match': '"1"' } })
  expect(stale.body).toMatchObject({ code: 'version_conflict', version: 2 })
  await app.call(`delete /api/thresholds/${first.id}`, { as: 'admin' })
  expect(problemIn(await save({}, { 'If-Match': '"2"' }))).toEqual([409, 'version_conflict'])
})

test('an unknown node, another condition, an unknown field are refused', async () => {
  expect(problemIn(await save({ node_id: 'nowhere' }))).toEqual([404, 'node_not_found'])
  expect(problemIn(await save({ condition: 'equal' }))).toEqual([400, 'invalid_request'])
  expect(problemIn(await save({ threshold: 3 }))).toEqual([400, 'invalid_request'])
})

test('a deleted one is not in the list, and deleting it again is 404', async () => {
  const { body: first } = await save()
  const removed = await app.call(`delete /api/thresholds/${first.id}`, { as: 'admin' })
  expect([removed.status, removed.body]).toEqual([200, { message: 'Threshold deleted' }])
  expect(await list()).toEqual([])
  const again = await app.call(`delete /api/thresholds/${first.id}`, { as: 'admin' })
  expect(problemIn(again)).toEqual([404, 'threshold_not_found'])
  expect((await save()).body.id).toBe(2)
})

test('the list has rules of single nodes with a level, of one node on request, page by page', async () => {
  await save()
  await save({ node_id: 'node-2' })
  await save({ metric_type: 'disk_io', threshold_value: 7 })
  const rule = { condition: 'greater', forSeconds: 0, enabled: true, metric: 'memory_usage' }
  const rules = [
    { ...rule, scope: { kind: 'all' }, warning: 1 },
    { ...rule, scope: { kind: 'node', nodeId: 'node-1' }, critical: 99 },
    { ...rule, scope: { kind: 'node', nodeId: 'node-2' }, noDataSeconds: 60 },
  ]
  for (const each of rules) await app.call('post /api/rules', { as: 'admin', body: each })
  const ofFirst = [
    ['node-1', 'cpu_usage', 80],
    ['node-1', 'disk_io', 7],
    ['node-1', 'memory_usage', 99],
  ]
  expect(await list()).toEqual([ofFirst[0], ['node-2', 'cpu_usage', 80], ...ofFirst.slice(1)])
  expect(await list('?node_id=node-1')).toEqual(ofFirst)
  const first = await app.call<Threshold[]>('get /api/thresholds?limit=3', { as: 'viewer' })
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
  const second = await app.call<Threshold[]>(`get ${next}`, { as: 'viewer' })
  expect([first.body.length, second.body.length, second.headers.get('link')]).toEqual([3, 1, null])
})
