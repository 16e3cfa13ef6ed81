import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { dayMs, hourMs } from '#shared/format/time-units.ts'
import { byPlace, placeOf } from '#shared/history/history-filter.ts'
import type { HistoryEntry } from '#shared/history/history.ts'
import { type AlertItem, alertFactsOperation, listAlertsOperation } from '#shared/rest/alerts.ts'
import type { Operation } from '#shared/rest/operation.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { historyReadHandlers } from '../../../read/history/history-read-handlers.ts'
import { ConsoleStore } from '../../../store/console-store.ts'
import { ReadStore } from '../../../store/read-store.ts'
import { aBatchWrite, aFolder } from '../../../store/store-builders.ts'
import { aProblem } from '../test-server.ts'
import type { CallBackend } from '../rest/rest-client.ts'
import { AlertHistory } from './alert-history.ts'

const now = Date.UTC(2026, 10, 24, 10)
const border = now - 14 * dayMs
const all = { from: now - 90 * dayMs, to: now + 1 }

let folder: ReturnType<typeof aFolder>
let store: ConsoleStore
let reader: ReadStore
/** What the backend has. */
let items: AlertItem[]
let asked: string[]
/** Instead of an answer. */
let failure: unknown

beforeEach(() => {
  folder = aFolder()
  store = ConsoleStore.open(folder.dir, now).store
  reader = ReadStore.open(folder.dir)
  items = []
  asked = []
  failure = undefined
})
afterEach(() => {
  reader.close()
  store.close()
  folder.dispose()
})

/** With the real cache; `team`: with a backend. */
function history({ team = true }: { team?: boolean } = {}): AlertHistory {
  const handlers = historyReadHandlers({ opened: () => reader, open: () => ReadStore.open(folder.dir) })
  const call = ((name: keyof typeof handlers, request: never) =>
    Promise.resolve(handlers[name](request))) as unknown as ConstructorParameters<
    typeof AlertHistory
  >[0]['read']['call']
  return new AlertHistory({ read: { call }, call: team ? callBackend : undefined, keepDays: () => 14, now: () => now })
}

/** Answers as the API does: newest first, `to` is exclusive, the cursor is opaque. */
const callBackend = ((contract: Operation, { query = {}, params }: Record<string, Record<string, string>>) => {
  asked.push(contract.path)
  if (failure !== undefined) return Promise.resolve({ ok: false, failure })
  if (params) {
    const body = items.find(({ id }) => id === params['id'])
    const problem = aProblem('alert_not_found').body
    return Promise.resolve(body ? { ok: true, body } : { ok: false, failure: { kind: 'problem', problem } })
  }
  const [from, to] = [Date.parse(query['from'] ?? ''), Date.parse(query['to'] ?? '')]
  const found = items
    .filter(({ created_at: at }) => Date.parse(at) >= from && Date.parse(at) < to)
    .sort((a, b) => (a.created_at === b.created_at ? (a.id < b.id ? 1 : -1) : a.created_at < b.created_at ? 1 : -1))
  const start = query['cursor'] === undefined ? 0 : found.findIndex(({ id }) => `after ${id}` === query['cursor']) + 1
  const page = found.slice(start, start + Number(query['limit']))
  const next = start + page.length < found.length ? { next: `after ${page.at(-1)?.id ?? ''}` } : {}
  if (contract.path === listAlertsOperation.path) return Promise.resolve({ ok: true, body: page, ...next })
  expect(contract.path).toBe(alertFactsOperation.path)
  const facts = page.map((item) => ({
    ...item,
    opened_at: item.created_at,
    worst: item.severity,
    flapped: false,
  }))
  return Promise.resolve({ ok: true, body: facts, ...next })
}) as unknown as CallBackend

const iso = (at: number) => new Date(at).toISOString()

/** As the backend describes it. Its node is called `backend`, to tell it from that of the cache. */
function itemOf(alert: NodeAlert): AlertItem {
  return {
    id: alert.id,
    node_id: 'backend',
    metric_type: alert.metric,
    metric_value: alert.value ?? alert.threshold,
    threshold_value: alert.threshold,
    message: '',
    severity: alert.severity,
    acknowledged: false,
    created_at: iso(alert.openedAt),
    node_name: alert.nodeName,
    kind: alert.kind,
    condition: alert.condition,
    phase: alert.phase,
    resolved_at: alert.resolvedAt === undefined ? null : iso(alert.resolvedAt),
    resolve_reason: null,
    acknowledged_by: null,
    acknowledged_at: null,
    acknowledged_until: null,
    comment: null,
    rule_id: alert.ruleId,
    rule_version: alert.ruleVersion,
    version: 1,
    clear_since: null,
    refires: 0,
    flapping_since: null,
    silenced_by: [],
    notes: [{ kind: 'commented', by: 'ben', at: iso(now), comment: 'moved', to: null }],
    history: {
      since: iso(alert.since),
      for_seconds: alert.forSeconds,
      resolved_value: null,
      worst: alert.severity,
      worst_value: alert.value,
      acknowledged_by: 'anna',
      acknowledged_at: iso(alert.openedAt + 1000),
      silenced_by: null,
      flapped: false,
    },
  }
}

const aged = (n: number, days: number, part: Partial<NodeAlert> = {}): NodeAlert =>
  anAlert({ id: anId(n), openedAt: now - days * dayMs, since: now - days * dayMs, ...part })
const cache = (...alerts: NodeAlert[]) => store.commitBatch(aBatchWrite({ alerts }))
const idsOf = (entries: readonly HistoryEntry[]) => entries.map((entry) => placeOf(entry).id)

async function pages(limit: number, of = history()): Promise<HistoryEntry[]> {
  const found: HistoryEntry[] = []
  let cursor: string | undefined
  for (let page = 0; page < 200; page++) {
    const { entries, next } = await of.list({ filter: all, limit, ...(cursor === undefined ? {} : { cursor }) })
    found.push(...entries)
    cursor = next
    if (cursor === undefined) break
  }
  return found
}

test('pages of any size across the border have each alert once, in order; that of the cache wins', async () => {
  const alert = fc.record({
    n: fc.integer({ min: 1, max: 99 }),
    /** Few times, on both sides of the border. */
    days: fc.constantFrom(1, 2, 13, 13.99, 14.01, 15, 20, 20, 20, 60),
    where: fc.constantFrom('cache', 'backend', 'both'),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(alert, { maxLength: 25, selector: ({ n }) => n }),
      fc.integer({ min: 1, max: 6 }),
      async (alerts, limit) => {
        store.close()
        reader.close()
        folder.dispose()
        folder = aFolder()
        store = ConsoleStore.open(folder.dir, now).store
        reader = ReadStore.open(folder.dir)
        // Behind the border, a cache keeps what fires. In front of it, it has all that there is.
        const inCache = alerts.filter(({ days, where }) => where !== 'backend' || days < 14)
        cache(...inCache.map(({ n, days }) => aged(n, days)))
        items = alerts.filter(({ where }) => where !== 'cache').map(({ n, days }) => itemOf(aged(n, days)))
        const cached = new Set(inCache.map(({ n }) => n))
        const found = await pages(limit)
        const expected = alerts
          .map(({ n, days }) => ({ ...placeOf({ kind: 'alert', alert: aged(n, days) } as HistoryEntry), n }))
          .sort(byPlace)
        expect(idsOf(found)).toEqual(expected.map(({ id }) => id))
        const ofBackend = found.flatMap((entry) =>
          entry.kind === 'alert' && entry.alert.nodeId === 'backend' ? [entry.alert.id] : [],
        )
        expect(ofBackend).toEqual(expected.filter(({ n }) => !cached.has(n)).map(({ id }) => id))
      },
    ),
    { numRuns: 60 },
  )
})

test('a range within the cache asks no backend', async () => {
  cache(aged(1, 1), aged(2, 2))
  const of = history()
  const filter = { from: now - 3 * dayMs, to: now }
  expect(idsOf((await of.list({ filter, limit: 10 })).entries)).toEqual([anId(1), anId(2)])
  expect((await of.summary({ filter, bars: 3 })).bars.map(({ critical }) => critical)).toEqual([0, 1, 1])
  expect(asked).toEqual([])
})

test('what the cache has dropped earlier comes from the backend, although the cache keeps longer by now', async () => {
  cache(aged(1, 1), aged(2, 5, { phase: 'resolved', resolvedAt: now - 4 * dayMs }))
  items = [itemOf(aged(2, 5))]
  store.dropBefore(now - 3 * dayMs)
  expect(idsOf(await pages(10))).toEqual([anId(1), anId(2)])
})

test('an alert of the backend has its whole state', async () => {
  items = [itemOf(aged(7, 30, { phase: 'resolved', resolvedAt: now - 29 * dayMs }))]
  const [entry] = await pages(10)
  expect(entry).toEqual({
    kind: 'alert',
    alert: {
      ...aged(7, 30, { phase: 'resolved', resolvedAt: now - 29 * dayMs }),
      nodeId: 'backend',
      notes: [{ kind: 'commented', by: 'ben', at: now, comment: 'moved' }],
    },
    worst: 'critical',
    worstValue: 97.2,
    acknowledged: { by: 'anna', at: now - 30 * dayMs + 1000 },
    flapped: false,
    notified: [],
  })
  expect(await history().entry(anId(7))).toEqual(entry)
  await expect(history().entry(anId(8))).rejects.toMatchObject({ code: 'not-found' })
})

describe('a backend that cannot answer', () => {
  const unreachable = { kind: 'unreachable', detail: 'It broke.' }
  const forbidden = {
    kind: 'problem',
    problem: aProblem('forbidden', { detail: 'Your role does not allow this.' }).body,
  }

  test.each([
    ['signed out', { kind: 'signed-out' }, 'Sign in to see older alerts from the backend.'],
    ['unreachable', unreachable, 'Older alerts are not available: the backend does not answer.'],
    ['forbidden', forbidden, 'Older alerts are not available: Your role does not allow this.'],
  ])('%s: the cache is shown, and the reason', async (_name, why, missingReason) => {
    cache(aged(1, 1), aged(2, 20))
    items = [itemOf(aged(3, 30))]
    failure = why
    const of = history()
    const list = await of.list({ filter: all, limit: 10 })
    expect([idsOf(list.entries), list.missingReason, list.next]).toEqual([[anId(1), anId(2)], missingReason, undefined])
    const { figures, ...summary } = await of.summary({ filter: all, bars: 1 })
    expect([figures.fired, summary.missingReason]).toEqual([2, missingReason])
    const report = await of.report(all, 'utc')
    expect([report.now.fired, report.before, report.missingReason]).toEqual([2, null, missingReason])
  })

  test('of a version without history says so', async () => {
    const { history: _, ...old } = itemOf(aged(3, 30))
    items = [old]
    expect((await history().list({ filter: all, limit: 10 })).missingReason).toMatch(/has no history/)
  })

  test('does not spoil a report that is within the cache', async () => {
    cache(aged(1, 1))
    failure = unreachable
    const report = await history().report({ from: now - 10 * dayMs, to: now }, 'utc')
    expect([report.now.fired, report.before, report.missingReason]).toEqual([1, null, undefined])
  })
})

describe('without a backend', () => {
  test('a range before the cache says how long it keeps alerts', async () => {
    const of = history({ team: false })
    expect((await of.list({ filter: all, limit: 10 })).missingReason).toBe(
      'This console keeps alerts for 14 days. Older ones are not shown.',
    )
    const filter = { from: border - 1000, to: now }
    expect((await of.list({ filter, limit: 10 })).missingReason).toBeUndefined()
  })

  test('a report compares with the range before if the cache knows it', async () => {
    const week = { from: now - 7 * dayMs, to: now }
    cache(aged(1, 1))
    const of = history({ team: false })
    expect((await of.report(week, 'utc')).before).toBeNull()
    cache(aged(2, 14))
    expect((await of.report(week, 'utc')).before).toMatchObject({ fired: 1 })
    expect((await of.report({ from: now - 8 * dayMs, to: now }, 'utc')).before).toBeNull()
  })
})

test('figures count an alert that both have once', async () => {
  cache(aged(1, 1), aged(2, 20))
  items = [itemOf(aged(1, 1)), itemOf(aged(2, 20)), itemOf(aged(3, 30, { severity: 'warning' }))]
  const { figures, bars } = await history().summary({ filter: all, bars: 2 })
  expect([figures.fired, figures.critical, bars.map(({ warning }) => warning)]).toEqual([3, 2, [0, 1]])
  const { rules, nodes } = await history().report({ from: all.from, to: all.to }, 'utc')
  expect([rules[0]?.fired, nodes.map(({ nodeId, fired }) => [nodeId, fired])]).toEqual([
    3,
    [
      ['node-1', 2],
      ['backend', 1],
    ],
  ])
})

test('an export has the list, newest first, with times of the zone', async () => {
  cache(aged(1, 1, { nodeName: '=1+1' }), aged(2, 20))
  items = [itemOf(aged(2, 20)), itemOf(aged(3, 30))]
  store.blind.save({ from: now - 2 * dayMs, to: now - 2 * dayMs + hourMs, cause: 'Kafka, it said "no".' })
  const path = join(folder.dir, 'out.csv')
  const written = await history().export(all, { path, zone: 'utc', offsetAt: () => 0 })
  const lines = readFileSync(path, 'utf8').split('\r\n')
  expect(written).toEqual({ rows: 4 })
  expect(lines[0]).toMatch(/^opened_at,resolved_at,node_id,/)
  expect(lines.slice(1).map((line) => line.split(',').slice(0, 4).join(','))).toEqual([
    `${iso(now - dayMs)},,node-1,'=1+1`,
    `${iso(now - 2 * dayMs)},${iso(now - 2 * dayMs + hourMs)},,`,
    `${iso(now - 20 * dayMs)},,node-1,Server-Alpha`,
    `${iso(now - 30 * dayMs)},,backend,Server-Alpha`,
    '',
  ])
  expect(lines[2]).toContain('"Kafka, it said ""no""."')
  expect(lines[4]).toContain(',ben: moved,')
})

test('a cursor that is none is refused', async () => {
  await expect(history().list({ filter: all, limit: 1, cursor: 'abc' })).rejects.toMatchObject({ code: 'bad-request' })
})
