import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { aDirectory, aFrame } from '../../bridge/bridge-builders.ts'
import { okReply, FakeBridge, failureReply } from '../../bridge/fake-bridge.ts'
import { FrameGate } from '../frames/frame-gate.ts'
import { LiveStore } from '../frames/live-store.svelte.ts'
import { LiveSeries } from './live-series.svelte.ts'

const start = 1_000_000_000
const of = { nodeId: 'node-1', metrics: ['cpu_usage'], rangeMs: 300_000, points: 100 }
const one = (metric: string, at: number, value: number) => ({
  metric,
  at: Float64Array.of(at),
  min: Float64Array.of(value),
  max: Float64Array.of(value),
  last: Float64Array.of(value),
})
const aStore = (): LiveStore => {
  const store = new LiveStore(new FrameGate((run) => run()))
  store.reset(aDirectory(2), aFrame(0, []))
  return store
}

beforeEach(() => {
  vi.useFakeTimers({ now: start })
})
afterEach(() => {
  vi.useRealTimers()
})

test('reads the range that ends now, and follows live samples of the node', async () => {
  const bridge = new FakeBridge({
    'samples.range': ({ from, to }) =>
      okReply({ from, to, series: [one('cpu_usage', start - 5000, 60)], segments: [] }),
  })
  const store = aStore()
  const series = new LiveSeries(bridge.api, store, of)
  const stop = series.follow()
  await vi.advanceTimersByTimeAsync(0)
  store.apply(
    aFrame(1, [
      [0, start, 71.3, 1],
      [1, start, 99, 1],
    ]),
  )
  stop()
  const ring = series.rings.get('cpu_usage')
  expect(bridge.requests).toEqual([
    {
      call: 'samples.range',
      request: { nodeId: 'node-1', metrics: ['cpu_usage'], from: start - 300_000, to: start, points: 100 },
    },
  ])
  expect([ring?.last(0), ring?.last(1), ring?.length]).toEqual([60, 71.3, 2])
})

test('shows a refusal until the next refresh succeeds', async () => {
  let healthy = false
  const bridge = new FakeBridge({
    'samples.range': ({ from, to }) =>
      healthy
        ? okReply({ from, to, series: [], segments: [], missingReason: 'The backend is unreachable.' })
        : failureReply('unavailable', 'Restarting.'),
  })
  const series = new LiveSeries(bridge.api, aStore(), of)
  const stop = series.follow()
  await vi.advanceTimersByTimeAsync(0)
  expect(series.problem?.message).toBe('Restarting.')
  healthy = true
  await vi.advanceTimersByTimeAsync(15_000)
  stop()
  expect([series.problem, series.loading, series.missingReason]).toEqual([
    undefined,
    false,
    'The backend is unreachable.',
  ])
})

test('a reply after the end changes nothing', async () => {
  const bridge = new FakeBridge({
    'samples.range': ({ from, to }) => okReply({ from, to, series: [one('cpu_usage', start, 1)], segments: [] }),
  })
  const series = new LiveSeries(bridge.api, aStore(), of)
  series.follow()()
  await vi.advanceTimersByTimeAsync(60_000)
  expect([series.rings.get('cpu_usage')?.length, bridge.requests.length]).toEqual([0, 1])
})

test('after a backlog, the cache fills what is between two live samples', async () => {
  let cached = [one('cpu_usage', start - 240_000, 60)]
  const bridge = new FakeBridge({
    'samples.range': ({ from, to }) => okReply({ from, to, series: cached, segments: [] }),
  })
  const store = aStore()
  const series = new LiveSeries(bridge.api, store, of)
  const stop = series.follow()
  await vi.advanceTimersByTimeAsync(0)
  cached = [one('cpu_usage', start - 5_000, 65)]
  store.apply(aFrame(1, [[0, start, 71.3, 1]]))
  await vi.advanceTimersByTimeAsync(1_000)
  store.apply(aFrame(2, [[0, start + 1_000, 72, 1]]))
  await vi.advanceTimersByTimeAsync(5_000)
  stop()
  const ring = series.rings.get('cpu_usage')
  expect(Array.from({ length: ring?.length ?? 0 }, (_, i) => ring?.last(i))).toEqual([65, 71.3, 72])
  expect(bridge.requests).toHaveLength(2)
})

test('a moment of the past is read once, and live samples do not change it', async () => {
  const bridge = new FakeBridge({
    'samples.range': ({ from, to }) => okReply({ from, to, series: [one('cpu_usage', from, 60)], segments: [] }),
  })
  const store = aStore()
  const until = start - 3_600_000
  const series = new LiveSeries(bridge.api, store, { ...of, until })
  const stop = series.follow()
  await vi.advanceTimersByTimeAsync(600_000)
  store.apply(aFrame(1, [[0, start, 71.3, 1]]))
  stop()
  expect(bridge.requests.map(({ request }) => request)).toMatchObject([{ from: until - 300_000, to: until }])
  expect(series.rings.get('cpu_usage')?.length).toBe(1)
})

test('while paused, the range on the screen stays whole, and live samples do not change it', async () => {
  const bridge = new FakeBridge({
    'samples.range': ({ from, to }) => okReply({ from, to, series: [one('cpu_usage', from, 60)], segments: [] }),
  })
  const store = aStore()
  let pausedAt: number | undefined
  const series = new LiveSeries(bridge.api, store, { ...of, pausedAt: () => pausedAt })
  const stop = series.follow()
  await vi.advanceTimersByTimeAsync(0)
  pausedAt = start
  store.apply(aFrame(1, [[0, start + 1_000, 71.3, 1]]))
  await vi.advanceTimersByTimeAsync(600_000)
  const ring = series.rings.get('cpu_usage')
  const paused = [ring?.at(0), ring?.length]
  await series.refresh()
  pausedAt = undefined
  await series.refresh()
  stop()
  expect(paused).toEqual([start - 300_000, 1])
  expect(bridge.requests.map(({ request }) => request)).toMatchObject([
    { to: start },
    { to: start },
    { to: start + 600_000 },
  ])
})
