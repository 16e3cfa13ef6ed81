import { expect, test } from 'vitest'
import {
  isOfflineRule,
  metricOfRule,
  type MetricRule,
  type OfflineRule,
  type Rule,
  type RuleDraft,
} from '#shared/rule/rule.ts'
import { stockRules } from '#shared/rule/stock-rules.ts'
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

function someRules({ now = 1000 } = {}) {
  const { store } = cache
  const clock = { now }
  const nodeIds = (): string[] => ['db-1', 'db-2', 'web-1']
  const open = (): ConsoleRules =>
    new ConsoleRules({ store, hasBackend: false, user: 'kim', now: () => clock.now, nodeIds })
  const reopened = (versions: readonly Rule[]): ConsoleRules => {
    for (const rule of versions) store.rules.save(rule)
    return open()
  }
  return { rules: open(), saved: () => store.rules.all(), clock, reopened }
}

test('a new threshold takes effect two seconds after the clock', () => {
  const { rules, saved } = someRules({ now: 1000 })
  const rule = rules.save({ draft })
  expect(rule).toEqual({
    ...draft,
    id: rule.id,
    version: 1,
    deleted: false,
    effectiveFrom: 3000,
    updatedBy: 'kim',
    updatedAt: 1000,
  })
  expect(saved()).toEqual([rule])
  expect(rules.index.current()).toEqual([rule])
})

test('an edit adds a version; an edit of an outdated version or a deleted rule is refused', () => {
  const { rules, clock } = someRules()
  const first = rules.save({ draft })
  clock.now = 500 // a clock set back does not put the newer version before the older one
  const second = rules.save({ id: first.id, version: 1, draft: { ...draft, warning: 90 } })
  expect([second.version, second.effectiveFrom]).toEqual([2, first.effectiveFrom + 2000])
  expect(() => rules.save({ id: first.id, version: 1, draft })).toThrow(
    'kim changed this threshold after you opened it',
  )
  rules.remove({ id: first.id, version: 2 })
  expect(rules.index.current()).toEqual([])
  expect(() => rules.remove({ id: first.id, version: 3 })).toThrow('no longer exists')
})

test('a second threshold for the same metric of the same node is refused', () => {
  const { rules } = someRules()
  rules.save({ draft })
  expect(() => rules.save({ draft })).toThrow('A threshold for cpu_usage on node-1 already exists')
  const forAll = rules.save({ draft: { ...draft, scope: { kind: 'all' } } })
  expect(() => rules.save({ id: forAll.id, version: 1, draft })).toThrow('already')
})

test('two patterns that match one known node are refused, with both and the node named', () => {
  const { rules } = someRules()
  const pattern = (text: string): RuleDraft => ({ ...draft, scope: { kind: 'pattern', pattern: text } })
  const first = rules.save({ draft: pattern('db-.*') })
  expect(() => rules.save({ draft: pattern('.*-1') })).toThrow(
    '.*-1 and db-.* both match db-1. Only one pattern can apply to a node.',
  )
  expect(() => rules.save({ draft: pattern('db-.*') })).toThrow('A threshold for cpu_usage on db-.* already exists')
  const web = rules.save({ draft: pattern('web-.*') })
  expect(rules.index.ruleFor('db-2', 'cpu_usage', 10_000)?.id).toBe(first.id)
  expect(() => rules.save({ id: web.id, version: 1, draft: pattern('.*-2') })).toThrow('both match db-2')
  expect(rules.save({ id: first.id, version: 1, draft: pattern('db-[12]') }).version).toBe(2)
})

test('a whole file is applied or nothing: added, changed and removed rules are versions of their own', () => {
  const { rules, saved, reopened } = someRules()
  rules.addStockRules()
  const [cpu] = rules.index.current().filter((rule) => metricOfRule(rule) === 'cpu_usage') as [Rule]
  const general: RuleDraft = { ...draft, scope: { kind: 'all' }, warning: 70 }
  const pattern: RuleDraft = { ...draft, scope: { kind: 'pattern', pattern: 'db-.*' } }
  const dry = rules.apply({ rules: [general, pattern], dryRun: true })
  expect([dry.changed, saved()]).toHaveLength(2)
  expect([dry.applied.added, dry.applied.changed.length, dry.applied.removed.length]).toEqual([[pattern], 1, 2])
  const { changed, applied } = rules.apply({ rules: [general, pattern], ifRevision: dry.applied.revision })
  expect(changed).toHaveLength(4)
  expect(changed.find(({ id }) => id === cpu.id)).toMatchObject({ version: 2, warning: 70, deleted: false })
  expect(reopened([]).index.current()).toEqual(expect.arrayContaining([...rules.index.current()]))
  expect(rules.apply({ rules: [general, pattern] }).changed).toEqual([])
  expect(() => rules.apply({ rules: [], ifRevision: dry.applied.revision })).toThrow('Compare again')
  const overlapping = { ...pattern, scope: { kind: 'pattern', pattern: '.*-2' } } as const
  expect(() => rules.apply({ rules: [pattern, overlapping] })).toThrow('db-.* and .*-2 both match db-2')
  expect(rules.index.current()).toHaveLength(2)
  expect(applied.revision).toBe(saved().length)
})

test('stock rules are added once, and deleted ones stay deleted', () => {
  const { rules, saved } = someRules()
  rules.addStockRules()
  expect(saved().map(metricOfRule).sort()).toEqual(['', 'cpu_usage', 'memory_usage'])
  for (const { id, version } of saved()) rules.remove({ id, version })
  rules.addStockRules()
  expect(rules.index.current()).toEqual([])
})

test('a console of version 0.1.0 gets the rule for offline nodes once, with the seconds of its CPU rule', () => {
  const { rules, saved, reopened } = someRules()
  const [cpu, memory] = stockRules(0) as [MetricRule, MetricRule]
  const edited = { ...cpu, version: 2, noDataSeconds: 300 }
  const upgraded = reopened([cpu, edited, memory])
  upgraded.addStockRules()
  const added = saved().filter((rule) => isOfflineRule(rule))
  expect(added).toMatchObject([{ seconds: 300, enabled: true, effectiveFrom: 0 }])
  expect(upgraded.index.offlineRuleFor('any', 0)).toEqual(added[0])
  const { id, version } = added[0] as OfflineRule
  upgraded.remove({ id, version })
  upgraded.addStockRules()
  expect(
    saved()
      .filter((rule) => isOfflineRule(rule))
      .map(({ deleted }) => deleted),
  ).toEqual([false, true])
  expect(rules.index.current()).toEqual([])
})
