import { expect, test } from 'vitest'
import type { RuleDraft } from '#shared/rule/rule.ts'
import { aCachePerTest } from '../../store/test-cache.ts'
import { ConsoleRules } from './console-rules.ts'

const draft: RuleDraft = {
  scope: { kind: 'node', nodeId: 'node-1' },
  metric: 'cpu_usage',
  condition: 'greater',
  warning: 80,
  forSeconds: 0,
  enabled: true,
}

const cache = aCachePerTest()

function aDesk({ now = 1000, newestAt = 0 } = {}) {
  const { store } = cache
  const clock = { now, newestAt }
  const desk = new ConsoleRules({
    store,
    hasBackend: false,
    user: 'kim',
    now: () => clock.now,
    newestAt: () => clock.newestAt,
  })
  return { desk, saved: () => store.rules.all(), clock }
}

test('a new threshold takes effect two seconds after the clock or the newest record, the later one', () => {
  const { desk, saved } = aDesk({ now: 1000, newestAt: 9000 })
  const rule = desk.save({ draft })
  expect(rule).toEqual({
    ...draft,
    id: rule.id,
    version: 1,
    deleted: false,
    effectiveFrom: 11_000,
    updatedBy: 'kim',
    updatedAt: 1000,
  })
  expect(saved()).toEqual([rule])
  expect(desk.index.current()).toEqual([rule])
})

test('an edit adds a version; an edit of an outdated version or a deleted rule is refused', () => {
  const { desk, clock } = aDesk()
  const first = desk.save({ draft })
  clock.now = 500 // a clock set back does not put the newer version before the older one
  const second = desk.save({ id: first.id, version: 1, draft: { ...draft, warning: 90 } })
  expect([second.version, second.effectiveFrom]).toEqual([2, first.effectiveFrom + 2000])
  expect(() => desk.save({ id: first.id, version: 1, draft })).toThrow('kim changed this threshold after you opened it')
  desk.remove({ id: first.id, version: 2 })
  expect(desk.index.current()).toEqual([])
  expect(() => desk.remove({ id: first.id, version: 3 })).toThrow('no longer exists')
})

test('a second threshold for the same metric of the same node is refused', () => {
  const { desk } = aDesk()
  desk.save({ draft })
  expect(() => desk.save({ draft })).toThrow('A threshold for cpu_usage on node-1 already exists')
  const forAll = desk.save({ draft: { ...draft, scope: { kind: 'all' } } })
  expect(() => desk.save({ id: forAll.id, version: 1, draft })).toThrow('already')
})

test('stock rules are added once, and deleted ones stay deleted', () => {
  const { desk, saved } = aDesk()
  desk.addStockRules()
  expect(
    saved()
      .map(({ metric }) => metric)
      .sort(),
  ).toEqual(['cpu_usage', 'memory_usage'])
  for (const { id, version } of saved()) desk.remove({ id, version })
  desk.addStockRules()
  expect(desk.index.current()).toEqual([])
})
