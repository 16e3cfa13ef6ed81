import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { produceBacklog, keepPace, type Pace } from './pace.ts'

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => vi.useRealTimers())

interface Measured {
  node: number
  at: number
}

function aPace(measured: Measured[], changes: Partial<Pace> = {}): Pace {
  return {
    nodes: 2,
    intervalMs: 1000,
    rounds: 3,
    startedAt: 1_000_000,
    now: Date.now,
    signal: new AbortController().signal,
    measure: (node, at) => void measured.push({ node, at }),
    skipped: () => undefined,
    ...changes,
  }
}

const sixSteps: Measured[] = [0, 500, 1000, 1500, 2000, 2500].map((ms, step) => ({
  node: step % 2,
  at: 1_000_000 + ms,
}))

test('nodes are measured in turn, spread over the interval, for the given rounds', async () => {
  const measured: Measured[] = []
  const done = keepPace(aPace(measured))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(measured).toEqual(sixSteps.slice(0, 3))
  await vi.advanceTimersByTimeAsync(10_000)
  await done
  expect(measured).toEqual(sixSteps)
})

test('after sleep, measuring continues with the present and reports the skipped count', async () => {
  const measured: Measured[] = []
  const skipped = vi.fn()
  const stop = new AbortController()
  const done = keepPace(aPace(measured, { rounds: undefined, skipped, signal: stop.signal }))
  await vi.advanceTimersByTimeAsync(400)
  vi.setSystemTime(1_000_000 + 3_600_000)
  await vi.advanceTimersByTimeAsync(700)
  stop.abort()
  await done
  expect(skipped.mock.calls.flat().reduce((sum: number, count: number) => sum + count, 0)).toBe(7198)
  expect(measured.at(-1)?.at).toBeGreaterThan(1_000_000 + 3_600_000 - 1000)
})

test('a backlog ends at the present and does not wait for the clock', async () => {
  const measured: Measured[] = []
  await produceBacklog(aPace(measured))
  expect(measured).toEqual(sixSteps.map(({ node, at }) => ({ node, at: at - 3000 })))
})

test('the signal ends the pace immediately', async () => {
  const measured: Measured[] = []
  const stop = new AbortController()
  const done = keepPace(aPace(measured, { rounds: undefined, signal: stop.signal }))
  await vi.advanceTimersByTimeAsync(100)
  stop.abort()
  await done
  expect(measured).toHaveLength(1)
})
