import { expect, test } from 'vitest'
import type { OperatorSession } from '#shared/session/operator-session.ts'
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

test('a month is available with a backend, and a chosen range stays', () => {
  const offered = (page: MetricsPage): unknown => page.ranges.at(-1)?.value
  const alone = aPage(new FakeBridge())
  expect([offered(alone), offered(aPage(new FakeBridge(), aSignedIn('viewer')))]).toEqual(['7d', '30d'])
  alone.range = '30d'
  expect(offered(alone)).toBe('30d')
})
