import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PositionMovedError } from '../client/kafka-failure.ts'
import { StoragePause } from './storage-pause.ts'

beforeEach(() => vi.useFakeTimers({ now: 0 }))
afterEach(() => vi.useRealTimers())

function aPause() {
  const calls: string[] = []
  const pause = new StoragePause({
    pause: () => calls.push('pause'),
    resume: () => calls.push('resume'),
    changed: (failed) => calls.push(failed ? `failed: ${failed.cause.message}, retry at ${failed.retryAt}` : 'works'),
    now: Date.now,
  })
  return { pause, calls }
}

const fail = () => {
  throw new Error('full')
}

test('a failure pauses and is retried after 10 s, and the first success is reported once', () => {
  const { pause, calls } = aPause()
  expect([pause.store(fail), pause.isPaused]).toEqual([false, true])
  vi.advanceTimersByTime(10_000)
  expect(pause.isPaused).toBe(false)
  expect([pause.store(() => undefined), pause.store(() => undefined)]).toEqual([true, true])
  expect(calls).toEqual(['pause', 'failed: full, retry at 10000', 'resume', 'works'])
})

test('nothing is reported while storage works', () => {
  const { pause, calls } = aPause()
  pause.store(() => undefined)
  expect(calls).toEqual([])
})

test('a manual retry does not wait, and stopping leaves no timer', () => {
  const { pause, calls } = aPause()
  pause.store(fail)
  pause.retryNow()
  pause.store(fail)
  pause.stop()
  vi.advanceTimersByTime(60_000)
  expect(calls.filter((call) => call === 'resume')).toHaveLength(1)
})

test('asynchronous work that fails pauses reading', async () => {
  const { pause, calls } = aPause()
  expect(await pause.store(() => Promise.reject(new Error('away')))).toBe(false)
  expect(await pause.store(() => Promise.resolve())).toBe(true)
  expect(calls).toEqual(['pause', 'failed: away, retry at 10000'])
})

test('work that settles after the session pauses nothing and is not reported', async () => {
  const { pause, calls } = aPause()
  const works = [pause.store(() => Promise.reject(new Error('away'))), pause.store(() => Promise.resolve())]
  pause.stop()
  expect(await Promise.all(works)).toEqual([false, true])
  vi.advanceTimersByTime(60_000)
  expect(calls).toEqual([])
})

test('a position moved by another reader is no storage failure', async () => {
  const { pause, calls } = aPause()
  await expect(pause.store(() => Promise.reject(new PositionMovedError('moved')))).rejects.toThrow('moved')
  expect(calls).toEqual([])
})
