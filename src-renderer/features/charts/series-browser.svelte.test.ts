import { beforeEach, expect, test, vi } from 'vitest'
import { aDirectory, aFrame } from '../../bridge/bridge-builders.ts'
import { FakeBridge } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { Clock } from '../../live/clock.svelte.ts'
import { FrameGate } from '../../live/frames/frame-gate.ts'
import { LiveStore } from '../../live/frames/live-store.svelte.ts'
import { SeriesBrowser } from './series-browser.svelte.ts'

beforeEach(() => {
  const kept = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  })
})

function aBrowser(series = 20, nodeId = () => 'node-1'): SeriesBrowser {
  const metrics = ['cpu_usage', ...Array.from({ length: series }, (_, i) => `mem.part${i}`)]
  const store = new LiveStore(new FrameGate((run) => run()))
  store.reset(
    aDirectory(2, metrics),
    aFrame(0, [
      [0, 1000, ...metrics.map((_, i) => i)],
      [1, 1000, ...metrics.map((_, i) => i)],
    ]),
  )
  return new SeriesBrowser(new AppState(new FakeBridge().api, new Clock(), store), nodeId)
}

test('a node with few series has no list', () => {
  expect([aBrowser(12).isOffered, aBrowser(13).isOffered]).toEqual([false, true])
})

test('Enter shows a chart without a pin, and a pin keeps it', () => {
  const browser = aBrowser()
  browser.move(1)
  expect(browser.shown).toBeUndefined()
  browser.openSelected()
  expect(browser.shown?.name).toBe('mem.part0')
  browser.pinSelected()
  expect([browser.pinned.map(({ name }) => name), browser.shown]).toEqual([['mem.part0'], undefined])
})

test('a pin is for all nodes, then for this node, then no more', () => {
  let nodeId = 'node-1'
  const on = (id: string) => {
    nodeId = id
    return aBrowser(20, () => nodeId)
  }
  on('node-1').togglePin('mem.part3')
  expect(on('node-2').pinned.map(({ name }) => name)).toEqual(['mem.part3'])
  on('node-1').togglePin('mem.part3')
  expect(on('node-1').scopeOf('mem.part3')).toBe('node')
  expect(on('node-2').pinned).toEqual([])
  const last = on('node-1')
  last.togglePin('mem.part3')
  expect([last.scopeOf('mem.part3'), last.shown?.name]).toEqual(['none', 'mem.part3'])
})

test('what was kept and is no list of pins is left out', () => {
  localStorage.setItem('metrics.pins', '{"name":1}')
  expect(aBrowser().pinned).toEqual([])
})

test('twelve pinned series have a chart', () => {
  const browser = aBrowser()
  for (let i = 0; i < 14; i++) browser.togglePin(`mem.part${i}`)
  expect([browser.pinned.length, browser.charted.length]).toEqual([14, 12])
})

test('"more" unfolds, and the first new row is selected', () => {
  const browser = aBrowser()
  browser.move(1)
  browser.move(Infinity)
  browser.openSelected()
  expect([browser.selected, browser.list.rows.length]).toEqual(['s7', 21])
})
