import { afterEach, beforeEach, expect, test } from 'vitest'
import { dayMs } from '#shared/format/time-units.ts'
import { ReadStore } from '../store/read-store.ts'
import { aBatch, aMessage, TestEngine } from './test-engine.ts'

let console_: TestEngine
beforeEach(() => {
  console_ = new TestEngine()
})
afterEach(() => console_.remove())

/** Records of one node, a minute apart, with the last one at `until`. */
function receive(count: number, until: number, from = 0): void {
  const values = Array.from({ length: count }, (_, i) => {
    const at = until - (count - 1 - i) * 60_000
    return aMessage({ node: 'n', at, metrics: { cpu: Math.random() } })
  })
  console_.engine.handlers.batches(aBatch(values, until, { from }))
}

test('a shorter retention holds at once: old chunks go, and older records are rejected', () => {
  receive(3000, console_.now - 8 * dayMs)
  receive(3000, console_.now, 3000)
  const before = console_.call('cache.usage', {})
  console_.call('cache.setRetention', { days: 3, bytes: 2e9 })
  for (let i = 0; i < 5; i++) console_.engine.tick()
  const after = console_.call('cache.usage', {})
  expect(after.limits).toEqual({ days: 3, bytes: 2e9 })
  expect(after.values).toBeLessThan(before.values - 2000)
  const reader = ReadStore.open(console_.dir)
  expect(reader.usage('utc').oldest).toBeGreaterThan(console_.now - 4 * dayMs)
  reader.close()
  receive(1, console_.now - 4 * dayMs, 6000)
  expect(console_.call('rejectedRecords.list', { limit: 1 })[0]?.reason).toContain('at most 3 days')
})

test('a cleared cache reads again from where a new one would begin, with its thresholds', () => {
  receive(3000, console_.now)
  console_.call('cache.clear', {})
  expect(console_.call('live.snapshot', {}).directory.nodes).toHaveLength(1)
  console_.restart()
  expect(console_.call('live.snapshot', {}).directory.nodes).toHaveLength(0)
  expect(console_.store.positions()).toEqual([])
  receive(10, console_.now)
  expect(console_.store.positions()).toMatchObject([{ next: 10 }])
})

test('compacting gives back what a shorter retention freed, and records are stored meanwhile', async () => {
  for (let round = 0; round < 40; round++) receive(1000, console_.now - dayMs * 2 + round * 60_000_000, round * 1000)
  for (let i = 0; i < 5; i++) console_.engine.tick()
  console_.call('cache.setRetention', { days: 1, bytes: 2e9 })
  for (let i = 0; i < 5; i++) console_.engine.tick()
  const { free } = console_.call('cache.usage', {})
  expect(free).toBeGreaterThan(0)
  const compaction = console_.engine.calls['cache.compact']({})
  receive(10, console_.now, 40_000)
  const { before, after } = await compaction
  expect(after).toBeLessThan(before)
  expect(console_.call('cache.usage', {})).toMatchObject({ free: 0, compactedAt: console_.now })
  expect(console_.store.positions()).toMatchObject([{ next: 40_010 }])
})
