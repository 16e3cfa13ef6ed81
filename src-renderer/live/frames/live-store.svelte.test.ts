import { flushSync } from 'svelte'
import { expect, test, vi } from 'vitest'
import { aDirectory, aFrame, aGrowth } from '../../bridge/bridge-builders.ts'
import { FrameGate } from './frame-gate.ts'
import { LiveStore } from './live-store.svelte.ts'

const aStore = (): LiveStore => {
  const store = new LiveStore(new FrameGate((run) => run()))
  store.reset(aDirectory(2), aFrame(4, [[0, 1000, 71.3, 48]]))
  return store
}

test('a snapshot and the frames after it give the newest value of each metric', () => {
  const store = aStore()
  expect(store.apply(aFrame(5, [[1, 2000, 12.5, NaN]]))).toBe('applied')
  expect([store.value(0, 0), store.value(0, 1), store.value(1, 0), store.value(1, 1)]).toEqual([71.3, 48, 12.5, NaN])
  expect([store.at(0), store.at(1), store.intervalMs(1)]).toEqual([1000, 2000, 5000])
})

test('a gap in the sequence applies nothing and says so; a frame of the snapshot is old', () => {
  const store = aStore()
  expect(store.apply(aFrame(6, [[0, 3000, 1, 1]]))).toBe('gap')
  expect(store.apply(aFrame(4, [[0, 3000, 1, 1]]))).toBe('old')
  expect(store.value(0, 0)).toBe(71.3)
})

test('values stay at their node and metric when the directory grows in both directions', () => {
  const store = aStore()
  const metrics = ['cpu_usage', 'memory_usage', ...Array.from({ length: 10 }, (_, i) => `extra_${i}`)]
  const row = [40, 5000, ...metrics.map((_, i) => i)] as [number, number, ...number[]]
  store.apply({ ...aFrame(5, [row]), growth: aGrowth(aDirectory(41, metrics)) })
  expect([store.value(0, 0), store.value(0, 1), store.value(40, 11), store.value(39, 0), store.at(39)]).toEqual([
    71.3,
    48,
    11,
    NaN,
    null,
  ])
})

test('unknown values are NaN, never 0', () => {
  const store = aStore()
  expect([store.value(1, 0), store.value(-1, 0), store.value(0, -1), store.value(99, 99)]).toEqual([NaN, NaN, NaN, NaN])
})

test('a reader runs again once per drawn frame', () => {
  const frames: Array<() => void> = []
  const store = new LiveStore(new FrameGate((run) => frames.push(run)))
  store.reset(aDirectory(1), aFrame(0, [[0, 1000, 1, 1]]))
  frames.pop()?.()
  const seen: number[] = []
  const stop = $effect.root(() => {
    $effect(() => {
      seen.push(store.value(0, 0))
    })
  })
  flushSync()
  store.apply(aFrame(1, [[0, 2000, 2, 2]]))
  store.apply(aFrame(2, [[0, 3000, 3, 3]]))
  frames.pop()?.()
  flushSync()
  stop()
  expect(seen).toEqual([1, 3])
})

test('a listener gets every sample of its node until it leaves', () => {
  const store = aStore()
  const received = vi.fn()
  const off = store.onChange(store.directory.nodes[0]?.id ?? '', received)
  store.apply(aFrame(5, [[0, 2000, 1, 1]]))
  store.apply(aFrame(6, [[1, 2500, 1, 1]]))
  off()
  store.apply(aFrame(7, [[0, 3000, 1, 1]]))
  expect(received.mock.calls).toEqual([[0]])
})

test('a listener follows its node to another index, after a node was forgotten', () => {
  const store = aStore()
  const received = vi.fn()
  const [, second] = store.directory.nodes
  store.onChange(second?.id ?? '', received)
  const nodes = second ? [second] : []
  store.reset({ ...store.directory, nodes }, aFrame(7, [[0, 4000, 1, 1]]))
  expect(received.mock.calls).toEqual([[0]])
  expect(store.at(0)).toBe(4000)
})

test('the newest sample is that of any node, but not of a node with a wrong clock', () => {
  const store = aStore()
  store.apply(aFrame(5, [[1, 3_600_000, 1, 1]]))
  expect([store.newestAt(2000), store.newestAt(3_600_000), new LiveStore(new FrameGate()).newestAt(2000)]).toEqual([
    1000,
    3_600_000,
    null,
  ])
})

/** A window whose drawing the test starts; `later` moves its clock. */
function aSlowWindow() {
  let now = 1000
  const frames: Array<() => void> = []
  const store = new LiveStore(new FrameGate((run) => frames.push(run)), () => now)
  const draw = (): void => frames.splice(0).forEach((run) => run())
  store.reset(aDirectory(1), aFrame(4, [[0, 1000, 1, 1]]))
  store.expect(4)
  draw()
  return { store, draw, later: (ms: number) => (now += ms) }
}

test('the window lags from the first frame that it does not draw', () => {
  const { store, draw, later } = aSlowWindow()
  expect(store.undrawnSince).toBeUndefined()
  later(500)
  store.apply(aFrame(5, [[0, 2000, 2, 2]]))
  later(9000)
  store.apply(aFrame(6, [[0, 3000, 3, 3]]))
  expect(store.undrawnSince).toBe(1500)
  draw()
  expect(store.undrawnSince).toBeUndefined()
})

test('the window lags from the first report of a frame that did not arrive', () => {
  const { store, draw, later } = aSlowWindow()
  store.expect(6)
  later(2000)
  store.apply(aFrame(5, [[0, 2000, 2, 2]]))
  draw()
  expect(store.undrawnSince).toBe(1000)
  store.apply(aFrame(6, [[0, 3000, 3, 3]]))
  draw()
  expect(store.undrawnSince).toBeUndefined()
})
