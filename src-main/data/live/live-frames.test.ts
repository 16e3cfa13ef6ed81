import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { columnsOf } from '#shared/metric/sample-columns.ts'
import type { LiveFrame } from '#shared/ipc/live-frame.ts'
import { LiveFrames } from './live-frames.ts'
import { LiveValues } from './live-values.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], now: 0 }))
afterEach(() => vi.useRealTimers())

/** Frames at 10 a second. `commit` stores one sample; `sent` has the times of the frames and their newest value. */
function liveFrames() {
  const values = new LiveValues()
  const sent: Array<readonly [atMs: number, value: number]> = []
  const frames = new LiveFrames(values, ({ values: [value = NaN] }: LiveFrame) => sent.push([performance.now(), value]))
  let count = 0
  const commit = (): void => {
    const sample = { nodeId: 'n', nodeName: 'N', at: 1_000 * count, names: ['cpu'], values: [count++] }
    values.apply(columnsOf([sample]))
    frames.changed()
  }
  return { frames, sent, commit }
}

test('the first record after a pause is sent with its commit', () => {
  const { frames, sent, commit } = liveFrames()
  frames.subscribe(10)
  vi.advanceTimersByTime(5_000)
  commit()
  expect(sent.map(([, value]) => value)).toEqual([0])
})

test('while records arrive all the time, each frame is sent with a commit, ten a second', () => {
  const { frames, sent, commit } = liveFrames()
  frames.subscribe(10)
  for (let at = 0; at < 1_000; at += 50) {
    commit()
    vi.advanceTimersByTime(50)
  }
  expect(sent.map(([, value]) => value)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18])
})

test('a record behind which nothing comes is sent soon after the period', () => {
  const { frames, sent, commit } = liveFrames()
  frames.subscribe(10)
  commit()
  commit()
  expect(sent).toHaveLength(1)
  vi.advanceTimersByTime(120)
  expect(sent.map(([, value]) => value)).toEqual([0, 1])
})

test('without a window nothing is sent', () => {
  const { frames, sent, commit } = liveFrames()
  commit()
  frames.subscribe(10)
  frames.subscribe(0)
  commit()
  vi.advanceTimersByTime(1_000)
  expect([sent.length, frames.isSubscribed]).toEqual([1, false])
})
