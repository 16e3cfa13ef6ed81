import { expect, test } from 'vitest'
import { SleepWatch } from './sleep-watch.ts'

const t0 = 1_764_000_000_000

/** Ticks once a second. @returns the seconds at which the watch says that the computer woke up */
function wakes(watch: SleepWatch, from: number, to: number): number[] {
  const seconds: number[] = []
  for (let second = from; second <= to; second++) if (watch.tick(t0 + second * 1000)) seconds.push(second)
  return seconds
}

test('ticks in time are no sleep, and a short delay is none either', () => {
  const watch = new SleepWatch(t0)
  expect(wakes(watch, 1, 20)).toEqual([])
  expect(watch.tick(t0 + 30_000)).toBe(false)
})

test('a tick that is more than ten seconds late shows a wake, once', () => {
  const watch = new SleepWatch(t0)
  expect(wakes(watch, 1, 5)).toEqual([])
  expect(wakes(watch, 3600, 3620)).toEqual([3600])
})

test('a tick that is late because a write took so long is no wake', () => {
  const watch = new SleepWatch(t0)
  expect(watch.tick(t0 + 45_000, 44_000)).toBe(false)
  expect(watch.tick(t0 + 90_000, 20_000)).toBe(true)
})

test.each([
  ['the late tick', true],
  ['the report of the system', false],
])('one wake is reported once, if %s comes first', (_first, isTickFirst) => {
  const watch = new SleepWatch(t0)
  watch.suspend()
  const tick = () => watch.tick(t0 + 3_600_000)
  const resume = () => watch.resume(t0 + 3_600_400)
  expect(isTickFirst ? [tick(), resume()] : [resume(), watch.tick(t0 + 3_601_000)]).toEqual([true, false])
  expect(watch.isSuspended).toBe(false)
})

test('a short sleep is a wake only by the report of the system', () => {
  const watch = new SleepWatch(t0)
  watch.suspend()
  expect(watch.tick(t0 + 3_000)).toBe(false)
  expect(watch.isSuspended).toBe(true)
  expect(watch.resume(t0 + 3_500)).toBe(true)
  expect(watch.isSuspended).toBe(false)
})

test('two sleeps in a row are two wakes', () => {
  const watch = new SleepWatch(t0)
  watch.suspend()
  expect(watch.resume(t0 + 2_000)).toBe(true)
  watch.suspend()
  expect(watch.resume(t0 + 4_000)).toBe(true)
})

test('a suspend that never happens, or whose end is not reported, ends after half a minute', () => {
  const watch = new SleepWatch(t0)
  watch.suspend()
  expect(wakes(watch, 1, 40)).toEqual([30])
  expect(watch.isSuspended).toBe(false)
})

test('a clock that is set back is no sleep', () => {
  const watch = new SleepWatch(t0)
  expect(watch.tick(t0 - 3_600_000)).toBe(false)
})
