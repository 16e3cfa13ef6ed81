import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import type { Alert } from '#shared/alert/alert.ts'
import type { HistoryEntry } from '#shared/history/history.ts'
import type { IpcReply, IpcRequest, IpcResult } from '#shared/ipc/contract.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aSignedIn } from '../../../bridge/bridge-builders.ts'
import { failureReply, FakeBridge, okReply } from '../../../bridge/fake-bridge.ts'
import { AppState } from '../../../live/app-state.svelte.ts'
import { anEntry, someFigures } from './history-builders.ts'
import { HistoryPage } from './history-page.svelte.ts'

type ListRequest = IpcRequest<'history.list'>
type ListResult = IpcResult<IpcReply<'history.list'>>

const now = Date.parse('2026-11-24T12:00:00Z')
const hour = 3_600_000

beforeEach(() => vi.useFakeTimers({ now }))
afterEach(() => vi.useRealTimers())

/** A page over a history of 250 alerts, one a minute, whose cursors are numbers. */
function aPage({ items = [] as readonly Alert[], list = paged } = {}) {
  const bridge = new FakeBridge({
    'history.list': (request) => list(request),
    'history.summary': () => okReply({ bars: [], figures: someFigures() }),
  })
  const app = new AppState(bridge.api)
  app.alerts.items = items
  app.session.now = { kind: 'standalone' }
  const page = new HistoryPage(app)
  const lists = (): ListRequest[] =>
    bridge.requests.flatMap(({ call, request }) => (call === 'history.list' ? [request as ListRequest] : []))
  return { app, bridge, page, lists }
}

const all = Array.from({ length: 250 }, (_, i) => anEntry(i, { openedAt: now - (i + 1) * 60_000 }))

function paged({ cursor = '0', limit }: ListRequest): ListResult | Promise<ListResult> {
  const from = Number(cursor)
  const next = from + limit < all.length ? { next: String(from + limit) } : {}
  return okReply({ entries: all.slice(from, from + limit), ...next })
}

/** Answers that come when the test says so. */
function held() {
  const waiting: Array<{ request: ListRequest; answer: (entries: HistoryEntry[], next?: string) => Promise<void> }> = []
  const list = (request: ListRequest): Promise<ListResult> =>
    new Promise((resolve) => {
      const answer = async (entries: HistoryEntry[], next?: string): Promise<void> => {
        resolve(okReply({ entries, ...(next === undefined ? {} : { next }) }))
        await vi.advanceTimersByTimeAsync(0)
      }
      waiting.push({ request, answer })
    })
  return { list, waiting }
}

const ids = (page: HistoryPage): string[] => page.entries.map((entry) => (entry.kind === 'alert' ? entry.alert.id : ''))
const settle = () => vi.advanceTimersByTimeAsync(0)

test('reads the last 24 hours when it is shown first, and keeps the list for the way back', async () => {
  const { page, lists } = aPage()
  page.open()
  await settle()
  page.open()
  await settle()
  expect(lists()).toEqual([{ filter: { from: now - 24 * hour, to: now + 1 }, limit: 100 }])
  expect([page.entries.length, page.rows[0]?.kind]).toEqual([100, 'day'])
})

test('pages follow each other by the cursor of the list on screen until there are no more', async () => {
  const { page, lists } = aPage()
  page.open()
  await settle()
  await page.more()
  await page.more()
  await page.more()
  expect(lists().map(({ cursor }) => cursor)).toEqual([undefined, '100', '200'])
  expect([ids(page).length, new Set(ids(page)).size, page.hasMore]).toEqual([250, 250, false])
})

test('an entry that two pages have is listed once', async () => {
  const { list, waiting } = held()
  const { page } = aPage({ list })
  page.open()
  await waiting[0]?.answer([anEntry(1), anEntry(2)], 'c')
  const more = page.more()
  await waiting[1]?.answer([anEntry(2), anEntry(3)])
  await more
  expect(ids(page)).toEqual([anId(1), anId(2), anId(3)])
})

test('an answer for an earlier filter changes nothing, whenever it comes', async () => {
  const { list, waiting } = held()
  const { page } = aPage({ list })
  page.open()
  page.filters.severity = 'critical'
  page.filters.severity = 'warning'
  await waiting[2]?.answer([anEntry(3)])
  await waiting[0]?.answer([anEntry(1)])
  await waiting[1]?.answer([anEntry(2)])
  expect(waiting.map(({ request }) => request.filter.severity)).toEqual([undefined, 'critical', 'warning'])
  expect([ids(page), page.loading]).toEqual([[anId(3)], false])
})

test('a page of an earlier filter is not added to the list of the next one', async () => {
  const { list, waiting } = held()
  const { page } = aPage({ list })
  page.open()
  await waiting[0]?.answer([anEntry(1)], 'c')
  void page.more()
  page.filters.outcome = 'firing'
  await waiting[2]?.answer([anEntry(9)], 'd')
  await waiting[1]?.answer([anEntry(2)])
  expect([ids(page), page.loadingMore, page.hasMore]).toEqual([[anId(9)], false, true])
})

test('what is typed counts after a pause, and a page meanwhile belongs to the list on screen', async () => {
  const { page, lists } = aPage()
  page.open()
  await settle()
  page.filters.typed = 'node:web-1 d'
  page.filters.typed = 'node:web-1 disk'
  await page.more()
  expect(lists()[1]).toEqual({ filter: { from: now - 24 * hour, to: now + 1 }, cursor: '100', limit: 100 })
  await vi.advanceTimersByTimeAsync(1000)
  expect(lists().slice(2)).toMatchObject([{ filter: { nodeId: 'web-1', text: 'disk' } }])
})

test('a failure leaves no list of another filter, and says why; a further page keeps what is listed', async () => {
  let answer: ListResult = okReply({ entries: [anEntry(1)], next: 'c' })
  const { page } = aPage({ list: () => answer })
  page.open()
  await settle()
  answer = failureReply('unavailable', 'The disk is full.')
  await page.more()
  expect([ids(page), page.moreProblem?.message]).toEqual([[anId(1)], 'The disk is full.'])
  page.filters.severity = 'critical'
  await settle()
  expect([ids(page), page.isLoaded, page.problem?.message]).toEqual([[], false, 'The disk is full.'])
})

test('new alerts are counted and not listed, until somebody asks for them', async () => {
  const { page, app, lists } = aPage()
  page.open()
  await settle()
  const before = ids(page)
  app.alerts.items = [
    anAlert({ id: anId(901), openedAt: now + 60_000 }),
    anAlert({ id: anId(902), openedAt: now + 70_000, severity: 'warning' }),
    anAlert({ id: anId(903), openedAt: now - 60_000 }),
  ]
  expect([page.newCount, ids(page)]).toEqual([2, before])
  page.filters.severity = 'critical'
  await settle()
  app.alerts.items = [...app.alerts.items]
  vi.setSystemTime(now + 600_000)
  await page.reload()
  expect(page.newCount).toBe(0)
  expect(lists().at(-1)?.filter).toMatchObject({ to: now + 600_001, severity: 'critical' })
})

test('an alert of a node whose clock is a little ahead is in the range up to now', async () => {
  const items = [anAlert({ openedAt: now + 5 * 60_000 }), anAlert({ id: anId(2), openedAt: now + 30 * hour })]
  const { page, lists } = aPage({ items })
  page.open()
  await settle()
  expect(lists()[0]?.filter.to).toBe(now + 5 * 60_000 + 1)
})

test('a listed alert shows what becomes of it, without a new list', async () => {
  const firing = anAlert({ id: anId(1), openedAt: now - 1000 })
  const { page, app } = aPage({ items: [firing], list: () => okReply({ entries: [{ ...anEntry(1), alert: firing }] }) })
  page.open()
  await settle()
  const acknowledgement = { by: 'anna', at: now, comment: '' }
  app.alerts.items = [{ ...firing, acknowledgement }]
  expect(page.entries[0]).toMatchObject({ acknowledged: { by: 'anna', at: now }, alert: { phase: 'firing' } })
  app.alerts.items = [{ ...firing, phase: 'resolved', resolvedAt: now }]
  expect(page.entries[0]).toMatchObject({ alert: { phase: 'resolved' } })
})

test('a part of the histogram is listed; the way back leads to the whole range, and a new range has no part', async () => {
  const { page, lists } = aPage()
  page.open()
  await settle()
  page.zoom = { from: now - 2 * hour, to: now - hour }
  await settle()
  expect(lists()[1]?.filter).toEqual({ from: now - 2 * hour, to: now - hour })
  // Whole bars of half an hour.
  const whole = { from: now - 24 * hour, to: now + hour / 2 }
  expect([page.isFiltered, page.span]).toEqual([true, whole])
  page.removeFilter()
  await settle()
  expect(lists()[2]?.filter).toEqual(whole)
  page.zoom = { from: now - 2 * hour, to: now - hour }
  page.range = '7d'
  await settle()
  expect([lists().at(-1)?.filter.from, page.zoom]).toEqual([now - 7 * 24 * hour, undefined])
})

test('90 days need a backend, and a chosen range stays', () => {
  const { page, app } = aPage()
  const offered = (): string[] => page.ranges.map(({ value }) => value)
  expect(offered()).toEqual(['1h', '6h', '24h', '7d', '14d', 'custom'])
  app.session.now = aSignedIn('viewer')
  expect(offered()).toContain('90d')
  page.range = '90d'
  app.session.now = { kind: 'standalone' }
  expect(offered()).toContain('90d')
})

test('a range to choose begins with the ends of the one before; wrong ends are not asked for', async () => {
  const { page, lists } = aPage()
  page.open()
  await settle()
  page.range = 'custom'
  await settle()
  expect(page.rangeProblem).toBeUndefined()
  const asked = lists().length
  page.filters.custom = { ...page.filters.custom, to: '2026-11-01T00:00' }
  await vi.advanceTimersByTimeAsync(1000)
  expect([page.rangeProblem, lists().length]).toEqual(['The end must be after the start.', asked])
})

test('the selection moves over days, and stays on its alert when more are listed', async () => {
  const entries = [anEntry(1, { openedAt: now - hour }), anEntry(2, { openedAt: now - 20 * hour })]
  const { page } = aPage({ list: () => okReply({ entries: [...entries] }) })
  page.open()
  await settle()
  expect(page.rows.map(({ kind }) => kind)).toEqual(['day', 'alert', 'day', 'alert'])
  expect(page.row?.id).toBe(anId(1))
  page.move(1)
  expect(page.row?.id).toBe(anId(2))
  entries.unshift(anEntry(3, { openedAt: now - 60_000 }))
  await page.reload()
  expect(page.row?.id).toBe(anId(2))
})

test('a link of the report lists one rule, and one key removes that again', async () => {
  const { page, lists } = aPage()
  page.show({ range: '7d', ruleId: anId(100) })
  await settle()
  expect(lists().at(-1)?.filter).toMatchObject({ ruleId: anId(100), from: now - 7 * 24 * hour })
  page.removeFilter()
  await settle()
  expect(lists().at(-1)?.filter).not.toHaveProperty('ruleId')
  page.show({ range: '24h', nodeId: 'web 1' })
  await settle()
  expect([page.filters.typed, lists().at(-1)?.filter.nodeId]).toEqual(['node:"web 1"', 'web 1'])
})
