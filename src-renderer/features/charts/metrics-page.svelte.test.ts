import { expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aDirectory, aFrame, aSignedIn } from '../../bridge/bridge-builders.ts'
import { okReply, FakeBridge, failureReply } from '../../bridge/fake-bridge.ts'
import { FrameGate } from '../../live/frames/frame-gate.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { LiveStore } from '../../live/frames/live-store.svelte.ts'
import { Clock } from '../../live/clock.svelte.ts'
import { MetricsPage } from './metrics-page.svelte.ts'

function aPage(bridge: FakeBridge, session: OperatorSession = { kind: 'standalone' }, store = aStore()): MetricsPage {
  const app = new AppState(bridge.api, new Clock(), store)
  app.session.now = session
  return new MetricsPage(app, () => 'node-1')
}

function aStore(): LiveStore {
  const store = new LiveStore(new FrameGate((run) => run()))
  store.reset(
    { ...aDirectory(2, ['cpu_usage', 'gpu_temp', 'fans']), units: ['', '°C', ''] },
    aFrame(0, [
      [0, 1000, 50, 61, NaN],
      [1, 1000, 50, NaN, 3],
    ]),
  )
  return store
}

test('the four known metrics come first, then others of this node with their units', () => {
  const metrics = aPage(new FakeBridge()).metrics.map(({ name, unit }) => [name, unit])
  expect(metrics).toEqual([
    ['cpu_usage', '%'],
    ['memory_usage', '%'],
    ['disk_io', 'MB/s'],
    ['network_traffic', 'Mbps'],
    ['gpu_temp', '°C'],
  ])
})

test('the export is of the node and range on the screen, also when paused', async () => {
  const bridge = new FakeBridge({ 'samples.export': () => okReply({ saved: true, path: '/tmp/a.csv', rows: 1234 }) })
  const page = aPage(bridge)
  page.range = '1h'
  page.pausedAt = 10_000_000
  await page.exportCsv()
  expect(bridge.requests).toEqual([
    { call: 'samples.export', request: { nodeId: 'node-1', from: 6_400_000, to: 10_000_000 } },
  ])
  expect(page.exported).toEqual({ ok: true, text: 'Saved 1,234 rows to /tmp/a.csv' })
})

test('a canceled dialog shows nothing, a failure shows the reason', async () => {
  const bridge = new FakeBridge({ 'samples.export': () => okReply({ saved: false }) })
  const page = aPage(bridge)
  await page.exportCsv()
  expect(page.exported).toBeUndefined()
  bridge.replies['samples.export'] = () => failureReply('failed', 'The disk is full.')
  await page.exportCsv()
  expect(page.exported).toEqual({ ok: false, text: 'Export failed. The disk is full.' })
})

test('pausing stops the charts, and resuming follows the clock again', () => {
  const page = aPage(new FakeBridge())
  page.togglePause()
  const stood = page.end()
  expect(page.pausedAt).toBe(stood)
  page.resume()
  expect(page.pausedAt).toBeUndefined()
})

test('while paused, value and time of the newest sample stand still like the charts', () => {
  const store = aStore()
  const page = aPage(new FakeBridge(), undefined, store)
  const now = Date.now()
  const seen: unknown[] = []
  const stop = $effect.root(() => {
    const { series } = page
    const unfollow = series?.follow()
    store.apply(aFrame(1, [[0, now - 2000, 60, 61, NaN]]))
    page.togglePause()
    store.apply(aFrame(2, [[0, now + 5000, 99, 61, NaN]]))
    seen.push(page.valueOf('cpu_usage'), page.sampledAt)
    page.togglePause()
    seen.push(page.valueOf('cpu_usage'), page.sampledAt)
    unfollow?.()
  })
  stop()
  expect(seen).toEqual([60, now - 2000, 99, now + 5000])
})

test('after a pause, what came meanwhile is read', () => {
  const bridge = new FakeBridge()
  const page = aPage(bridge)
  const reads = (): number => bridge.requests.filter(({ call }) => call === 'samples.range').length
  const stop = $effect.root(() => {
    page.togglePause()
    expect(reads()).toBe(0)
    page.togglePause()
  })
  stop()
  expect(reads()).toBe(1)
})

test('a month is available with a backend, and a chosen range stays', () => {
  const offered = (page: MetricsPage): unknown => page.ranges.at(-1)?.value
  const alone = aPage(new FakeBridge())
  expect([offered(alone), offered(aPage(new FakeBridge(), aSignedIn('viewer')))]).toEqual(['7d', '30d'])
  alone.range = '30d'
  expect(offered(alone)).toBe('30d')
})

test('a moment is shown with 15 minutes before and after it, paused, until somebody goes back to live', () => {
  const page = aPage(new FakeBridge())
  const at = Date.now() - 8 * 3_600_000
  page.showMoment(at)
  expect([page.end(), page.rangeMs, page.series?.options.until]).toEqual([at + 900_000, 1_800_000, at + 900_000])
  expect(page.ranges.map(({ value }) => value)).toContain('30m')
  page.resume()
  expect([page.pausedAt, page.series?.options.until]).toEqual([undefined, undefined])
  page.range = '1h'
  expect(page.ranges.map(({ value }) => value)).not.toContain('30m')
})

test('of a moment just before, the charts end now', () => {
  const page = aPage(new FakeBridge())
  const now = Date.now()
  page.showMoment(now - 60_000)
  expect(page.end() - now).toBeLessThan(60_000)
})

test('charts mark acknowledgements of this node, of alerts that fire and of the history', async () => {
  const old = anAlert({ id: anId(7), openedAt: 5, resolvedAt: 9, phase: 'resolved' })
  const entry = {
    kind: 'alert' as const,
    alert: old,
    worst: 'critical' as const,
    worstValue: 97,
    flapped: false,
    notified: [],
  }
  const acknowledged = { by: 'ben', at: 6 }
  const other = { ...entry, alert: { ...old, id: anId(8), nodeId: 'node-2' }, acknowledged }
  const bridge = new FakeBridge({
    'history.list': () => okReply({ entries: [{ ...entry, acknowledged }, other] }),
  })
  const app = new AppState(bridge.api, new Clock(), aStore())
  const acknowledgement = { by: 'anna', at: 20, comment: '' }
  app.alerts.items = [anAlert({ acknowledgement }), anAlert({ id: anId(3), nodeId: 'node-2', acknowledgement })]
  const page = new MetricsPage(app, () => 'node-1')
  page.loadHistory()
  await expect.poll(() => page.alertsOf('cpu_usage').map(({ id }) => id)).toEqual([anId(1), anId(7)])
  expect(page.marksOf('cpu_usage').map(({ text }) => text)).toEqual(['✓ ben', '✓ anna'])
  expect(page.marksOf('memory_usage')).toEqual([])
})

test('charts without the alerts of the past say why, until they are read', async () => {
  const bridge = new FakeBridge({ 'history.list': () => failureReply('unavailable', 'The disk is full.') })
  const page = new MetricsPage(new AppState(bridge.api, new Clock(), aStore()), () => 'node-1')
  page.loadHistory()
  await expect.poll(() => page.pastProblem).toBe('Alerts of the past are not shown. The disk is full.')
  bridge.replies['history.list'] = () => okReply({ entries: [] })
  page.loadHistory()
  await expect.poll(() => page.pastProblem).toBeUndefined()
})
