/** The history of alerts: filters, search and pages of `GET /api/alerts`, and the short form for figures. */
import type { Transition } from '#shared/alert/transition.ts'
import type { AlertFactItem, AlertItem } from '#shared/rest/alerts.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alertRoutes } from '../../src-backend/alerts/routes.ts'
import { applyTransitions } from '../../src-backend/alerts/service.ts'
import { withTx } from '../../src-backend/db/tx.ts'
import { testApp, type TestApp } from '../support/backend-app.ts'

const dayMs = 86_400_000
const newest = Date.UTC(2026, 10, 24, 10)
const rules = [anId(101), anId(102), anId(103)] as const
const metrics = ['cpu_usage', 'memory_usage', 'temp'] as const
const count = 90

interface Made {
  readonly n: number
  readonly openedAt: number
  readonly nodeId: string
  readonly metric: string
  readonly ruleId: string
  readonly isCritical: boolean
  readonly isResolved: boolean
}

/** One alert a day; three of the same time each tenth day. Odd names on purpose. */
const made: readonly Made[] = Array.from({ length: count }, (_, i) => ({
  n: i + 1,
  openedAt: newest - Math.floor(i / 10) * 10 * dayMs - (i % 10 < 3 ? 0 : i % 10) * dayMs,
  nodeId: i % 7 === 0 ? "o'%_node" : `node-${i % 5}`,
  metric: metrics[i % 3] ?? 'temp',
  ruleId: rules[i % 3] ?? rules[0],
  isCritical: i % 4 === 0,
  isResolved: i % 2 === 0,
}))

let app: TestApp
beforeAll(async () => {
  app = await testApp(() => alertRoutes())
  await withTx(app.pool, (db) => applyTransitions(db, made.flatMap(transitionsOf)))
  await act(`post /api/alerts/${anId(2)}/comments`, { comment: 'Ärger with the BATCH job' })
  await act(`post /api/alerts/${anId(4)}/acknowledge`, { comment: "50% off'); drop table alert; --" })
  await app.call(`delete /api/alerts/${anId(4)}/acknowledgement`, { as: 'operator' })
  await act(`post /api/alerts/${anId(6)}/acknowledge`, {})
})
afterAll(() => app.end())

function act(request: string, body: unknown) {
  return app.call(request, { as: 'operator', body })
}

function transitionsOf({ n, openedAt, nodeId, metric, ruleId, isCritical, isResolved }: Made): Transition[] {
  const series = { nodeId, nodeName: `Server ${nodeId}`, metric }
  const head = { alertId: anId(n), alertKind: 'value', series, rule: { id: ruleId, version: 1 } } as const
  const opened = { value: 90, threshold: 85, condition: 'greater', forSeconds: 60 } as const
  const all: Transition[] = [
    { ...head, kind: 'opened', at: openedAt, severity: 'warning', since: openedAt - 60_000, ...opened },
  ]
  if (isCritical) {
    all.push({ ...head, kind: 'escalated', at: openedAt + 1000, severity: 'critical', value: 97, threshold: 95 })
    all.push({ ...head, kind: 'eased', at: openedAt + 2000, severity: 'warning', value: 88, threshold: 85 })
  }
  if (isResolved) all.push({ ...head, kind: 'resolved', at: openedAt + 90_000, reason: 'cleared', value: 50 })
  return all
}

const iso = (at: number) => new Date(at).toISOString()
const query = (params: Record<string, string>) => new URLSearchParams(params).toString()

async function pages<T>(path: string, params: Record<string, string>): Promise<T[]> {
  const all: T[] = []
  let next: string | undefined = `${path}?${query(params)}`
  for (let pages = 0; next !== undefined && pages < 200; pages++) {
    const { body, headers }: { body: T[]; headers: Headers } = await app.call<T[]>(`get ${next}`, { as: 'viewer' })
    all.push(...body)
    next = /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
  }
  return all
}
const idsOf = async (params: Record<string, string>) =>
  (await pages<AlertItem>('/api/alerts', params)).map(({ id }) => id)
const expected = (isWanted: (alert: Made) => boolean) =>
  made
    .filter(isWanted)
    .toSorted((a, b) => b.openedAt - a.openedAt || (anId(a.n) < anId(b.n) ? 1 : -1))
    .map(({ n }) => anId(n))

const ranges: ReadonlyArray<readonly [from: number, to: number]> = [
  [newest - 90 * dayMs, newest + 1],
  [newest - 40 * dayMs, newest - 10 * dayMs],
  [newest - 10 * dayMs, newest],
  [newest, newest],
]
const filters: ReadonlyArray<readonly [params: Record<string, string>, isWanted: (alert: Made) => boolean]> = [
  [{}, () => true],
  [{ node_id: "o'%_node" }, ({ nodeId }) => nodeId === "o'%_node"],
  [{ metric: 'temp' }, ({ metric }) => metric === 'temp'],
  [{ rule_id: rules[1] }, ({ ruleId }) => ruleId === rules[1]],
  [{ worst: 'critical' }, ({ isCritical }) => isCritical],
  [{ worst: 'warning', phase: 'firing' }, ({ isCritical, isResolved }) => !isCritical && !isResolved],
  [{ severity: 'critical' }, () => false],
  [{ outcome: 'resolved' }, ({ isResolved }) => isResolved],
  [{ outcome: 'firing' }, ({ isResolved }) => !isResolved],
  [{ outcome: 'acknowledged' }, ({ n }) => n === 4 || n === 6],
  [{ outcome: 'unacknowledged' }, ({ n }) => n !== 4 && n !== 6],
  [{ outcome: 'silenced' }, () => false],
  [{ outcome: 'flapped' }, () => false],
  [{ text: 'SERVER NODE-3' }, ({ nodeId }) => nodeId === 'node-3'],
  [{ text: 'memory us' }, ({ metric }) => metric === 'memory_usage'],
  [{ text: 'Ärger with' }, ({ n }) => n === 2],
  [{ text: 'batch' }, ({ n }) => n === 2],
  [{ text: "'); DROP TABLE" }, ({ n }) => n === 4],
  [{ text: '%_' }, ({ nodeId }) => nodeId === "o'%_node"],
  [{ text: "' or '1'='1" }, () => false],
  [{ text: 'no data' }, () => false],
]

test.each(ranges.flatMap((range) => filters.map(([params, isWanted]) => [range, params, isWanted] as const)))(
  'of %j, %j has each alert once, in order, in pages of any size',
  async ([from, to], params, isWanted) => {
    const wanted = expected((alert) => alert.openedAt >= from && alert.openedAt < to && isWanted(alert))
    const asked = { ...params, from: iso(from), to: iso(to) }
    expect(await idsOf({ ...asked, limit: '7' })).toEqual(wanted)
    const facts = await pages<AlertFactItem>('/api/alerts/facts', { ...asked, limit: '1000' })
    expect(facts.map(({ id }) => id)).toEqual(wanted)
  },
)

test('times may have any zone', async () => {
  const from = iso(newest - dayMs).replace('T10:00:00.000Z', 'T12:00:00.000+02:00')
  expect(await idsOf({ from })).toEqual(expected(({ openedAt }) => openedAt >= newest - dayMs))
})

test('with a range, an item says what its timeline says', async () => {
  const ofFirst = { from: iso(newest), node_id: "o'%_node" }
  const [item] = await pages<AlertItem>('/api/alerts', ofFirst)
  expect(item?.history).toEqual({
    since: iso(newest - 60_000),
    for_seconds: 60,
    resolved_value: 50,
    worst: 'critical',
    worst_value: 97,
    acknowledged_by: null,
    acknowledged_at: null,
    silenced_by: null,
    flapped: false,
  })
  const [fact] = await pages<AlertFactItem>('/api/alerts/facts', ofFirst)
  expect(fact).toEqual({
    id: anId(1),
    opened_at: iso(newest),
    resolved_at: iso(newest + 90_000),
    worst: 'critical',
    acknowledged_at: null,
    flapped: false,
    node_id: "o'%_node",
    node_name: "Server o'%_node",
    rule_id: rules[0],
    metric_type: 'cpu_usage',
    kind: 'value',
  })
})

test('an acknowledgement that was taken back stays in the history', async () => {
  const { body } = await app.call<AlertItem>(`get /api/alerts/${anId(4)}`, { as: 'viewer' })
  expect([body.acknowledged, body.history?.acknowledged_by]).toEqual([false, 'operator'])
})

test('without a range, items are as they were', async () => {
  const items = await pages<AlertItem>('/api/alerts', { limit: '50' })
  expect([items.length, items.some((item) => 'history' in item)]).toEqual([count, false])
})

test.each([
  { from: 'yesterday' },
  { to: '2026-13-01T00:00:00Z' },
  { outcome: 'lost' },
  { rule_id: 'all' },
  { text: 'x'.repeat(201) },
  { cursor: 'abc' },
])('%j is refused', async (params) => {
  for (const path of ['/api/alerts', '/api/alerts/facts']) {
    const { status } = await app.call(`get ${path}?${query(params)}`, { as: 'viewer' })
    expect(status).toBe(400)
  }
})
