import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { IpcReply, IpcResult } from '#shared/ipc/contract.ts'
import { anId, anOfflineRule, aRule } from '#shared/rule/rule-builders.ts'
import { aSettingsView } from '../../../bridge/bridge-builders.ts'
import { failureReply, FakeBridge, okReply } from '../../../bridge/fake-bridge.ts'
import { AppState } from '../../../live/app-state.svelte.ts'
import { useTimeSettings } from '../../../live/time-style.svelte.ts'
import { someFigures } from './history-builders.ts'
import { ReportPage } from './report-page.svelte.ts'
import { reportFigures, shareText } from './report-text.ts'

type Report = IpcReply<'history.report'>

const now = Date.parse('2026-11-24T12:00:00Z')
const day = 86_400_000

useTimeSettings(aSettingsView({ 'appearance.timeZone': 'utc' }))
beforeEach(() => vi.useFakeTimers({ now }))
afterEach(() => vi.useRealTimers())

const aReport = (change: Partial<Report> = {}): Report => ({
  days: [{ from: now, critical: 1, warning: 2, info: 0 }],
  now: someFigures(),
  before: someFigures({ fired: 6 }),
  rules: [1, 2].map((n) => ({
    ...{ ruleId: anId(100 + n), metric: 'cpu_usage', kind: 'value' as const },
    ...{ fired: 9 - n, nodes: 3, short: 2, acknowledged: 1 },
  })),
  nodes: [],
  ...change,
})

function aPage(report: () => IpcResult<Report> | Promise<IpcResult<Report>> = () => okReply(aReport())) {
  const bridge = new FakeBridge({
    'history.report': report,
    'history.summary': () => okReply({ bars: [{ from: 1, critical: 0, warning: 4, info: 0 }], figures: someFigures() }),
  })
  const app = new AppState(bridge.api)
  return { app, bridge, page: new ReportPage(app) }
}

test('a week has today and six whole days; one day has its hours', async () => {
  const { bridge, page } = aPage()
  await page.load()
  expect(bridge.requests).toEqual([
    { call: 'history.report', request: { from: Date.parse('2026-11-18T00:00:00Z'), to: now + 1 } },
  ])
  expect(page.bars).toEqual(aReport().days)
  page.range = '24h'
  await vi.advanceTimersByTimeAsync(0)
  // Whole hours of the clock.
  const range = { from: now - day + 3_600_000, to: now + 3_600_000 }
  expect(bridge.requests.slice(1)).toEqual([
    { call: 'history.report', request: range },
    { call: 'history.summary', request: { filter: range, bars: 24 } },
  ])
  expect(page.bars).toEqual([{ from: 1, critical: 0, warning: 4, info: 0 }])
})

test('the report of another range is gone at once, and its late answer changes nothing', async () => {
  const answers: Array<(report: IpcResult<Report>) => void> = []
  const { page } = aPage(() => new Promise((resolve) => answers.push(resolve)))
  void page.load()
  page.range = '90d'
  expect(page.report).toBeUndefined()
  answers[1]?.(okReply(aReport({ now: someFigures({ fired: 90 }) })))
  answers[0]?.(okReply(aReport({ now: someFigures({ fired: 7 }) })))
  await vi.advanceTimersByTimeAsync(0)
  expect([page.report?.now.fired, page.loading]).toEqual([90, false])
})

test('a failure says why and shows no figures', async () => {
  const { page } = aPage(() => failureReply('unavailable', 'The disk is full.'))
  await page.load()
  expect([page.report, page.problem?.message]).toEqual([undefined, 'The disk is full.'])
})

test('without its hours, the report of a day says why: no bars would say that nothing fired', async () => {
  const { bridge, page } = aPage()
  bridge.replies['history.summary'] = () => failureReply('unavailable', 'The disk is full.')
  page.range = '24h'
  await vi.advanceTimersByTimeAsync(0)
  expect([page.report, page.problem?.message]).toEqual([undefined, 'The disk is full.'])
})

test('rules have their names; a deleted one says what it was about', () => {
  const { app, page } = aPage()
  app.rules.items = [aRule(), anOfflineRule()]
  const noisy = { fired: 1, nodes: 1, short: 0, acknowledged: 0 }
  const name = (id: number, metric: string, kind: 'value' | 'offline') =>
    page.nameOf({ ruleId: anId(id), metric, kind, ...noisy })
  expect([name(100, 'cpu_usage', 'value'), name(102, '', 'offline'), name(5, 'disk_io', 'value')]).toEqual([
    'CPU usage > 85\u202f%, all nodes',
    'Node offline, all nodes',
    'Disk I/O, a deleted threshold',
  ])
})

test('the selection is the noisiest rule until another one is chosen', async () => {
  const { page } = aPage()
  await page.load()
  expect(page.selected).toBe(anId(101))
  page.move(1)
  expect(page.selected).toBe(anId(102))
})

test('figures compare with the period before', () => {
  const span = { from: now - 6 * day, to: now }
  const texts = reportFigures({ now: someFigures({ fired: 12 }), before: someFigures({ fired: 6 }) }, { days: 7, span })
  expect(texts.map(({ value, note }) => `${value} · ${note}`.replaceAll('\u202f', ' '))).toEqual([
    '2.0 · 1.0 the week before',
    '2 m 10 s · critical, was 2 m 10 s',
    '11 m 40 s · all, was 11 m 40 s',
    '17 % · 2 of 12',
  ])
})

test('a period before that nobody knows is not zero, and nothing is a share of nothing', () => {
  const none = someFigures({ fired: 0, neverAcknowledged: 0, meanToRecoverMs: null })
  const span = { from: now - 30 * day, to: now }
  const texts = reportFigures({ now: none, before: null }, { days: 30, span }).map(({ value, note }) => [value, note])
  expect(texts).toEqual([
    ['0', 'the 30 days before are not known'],
    ['2\u202fm 10\u202fs', 'critical'],
    ['–', 'all'],
    ['–', '0 of 0'],
  ])
  expect(shareText(61, 100)).toBe('61\u202f%')
})
