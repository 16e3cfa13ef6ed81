import { expect, test, vi } from 'vitest'
import { aDirectory, aFrame } from '../../bridge/bridge-builders.ts'
import { okReply, FakeBridge, failureReply } from '../../bridge/fake-bridge.ts'
import { FrameGate } from './frame-gate.ts'
import { followFrames } from './live-feed.ts'
import { LiveStore } from './live-store.svelte.ts'

const aStore = (): LiveStore => new LiveStore(new FrameGate((run) => run()))

test('applies frames that arrive before the snapshot after it, except those in the snapshot', async () => {
  const bridge = new FakeBridge({
    'live.snapshot': () => okReply({ directory: aDirectory(1), frame: aFrame(7, [[0, 7000, 70, 7]]) }),
  })
  const store = aStore()
  followFrames(bridge.api, store)
  bridge.push('live.frame', aFrame(7, [[0, 7000, 70, 7]]))
  bridge.push('live.frame', aFrame(8, [[0, 8000, 80, 8]]))
  await expect.poll(() => [store.seq, store.value(0, 0)]).toEqual([8, 80])
})

test('a lost frame requests one snapshot, however many frames follow', async () => {
  let seq = 0
  const bridge = new FakeBridge({
    'live.snapshot': () => okReply({ directory: aDirectory(1), frame: aFrame(seq, [[0, seq * 1000, seq, 0]]) }),
  })
  const store = aStore()
  followFrames(bridge.api, store)
  await expect.poll(() => store.seq).toBe(0)
  seq = 3
  bridge.push('live.frame', aFrame(2, [[0, 2000, 2, 0]]))
  bridge.push('live.frame', aFrame(3, [[0, 3000, 3, 0]]))
  bridge.push('live.frame', aFrame(4, [[0, 4000, 4, 0]]))
  await expect.poll(() => [store.seq, store.value(0, 0)]).toEqual([4, 4])
  expect(bridge.requests).toHaveLength(2)
})

test('numbers that start again are a restart, and its directory replaces the old one', async () => {
  let snapshot = { directory: aDirectory(2), frame: aFrame(70, [[1, 1000, 99, 0]]) }
  const bridge = new FakeBridge({ 'live.snapshot': () => okReply(snapshot) })
  const store = aStore()
  followFrames(bridge.api, store)
  await expect.poll(() => store.seq).toBe(70)
  snapshot = { directory: aDirectory(1), frame: aFrame(0, [[0, 2000, 5, 0]]) }
  bridge.push('live.frame', aFrame(0, [[0, 2000, 5, 0]]))
  await expect.poll(() => store.seq).toBe(0)
  bridge.push('live.frame', aFrame(1, [[0, 3000, 6, 0]]))
  expect([store.value(0, 0), store.value(1, 0)]).toEqual([6, NaN])
})

test('requests a refused snapshot again', async () => {
  vi.useFakeTimers()
  let refusals = 1
  const bridge = new FakeBridge({
    'live.snapshot': () =>
      refusals-- > 0
        ? failureReply('unavailable', 'The data thread restarts.')
        : okReply({ directory: aDirectory(1), frame: aFrame(0, [[0, 1000, 5, 0]]) }),
  })
  const store = aStore()
  const stop = followFrames(bridge.api, store)
  await vi.advanceTimersByTimeAsync(2100)
  stop()
  vi.useRealTimers()
  expect(store.value(0, 0)).toBe(5)
})
