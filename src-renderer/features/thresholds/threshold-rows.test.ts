import { expect, test } from 'vitest'
import { anId, anOfflineRule, aRule } from '#shared/rule/rule-builders.ts'
import { isOfflineRule, type RuleDraft } from '#shared/rule/rule.ts'
import { anAction } from '../../bridge/bridge-builders.ts'
import { inheritedNoData, inOrder, rowsOf } from './threshold-rows.ts'

const { scope, metric, condition, forSeconds, enabled } = aRule()
const draft: RuleDraft = { scope, metric, condition, forSeconds, enabled, warning: 70 }

test('rules for all nodes come first, then by node and metric', () => {
  const node = (id: number, nodeId: string, of: string) =>
    aRule({ id: anId(id), scope: { kind: 'node', nodeId }, metric: of })
  const sorted = inOrder([node(1, 'b', 'x'), node(2, 'a', 'y'), node(3, 'a', 'x'), aRule()])
  expect(sorted.map(({ id }) => id)).toEqual([anId(100), anId(3), anId(2), anId(1)])
})

test('a queued change follows its rule, a new rule comes last, an acknowledgement is not listed', () => {
  const rules = [aRule(), aRule({ id: anId(101), metric: 'memory_usage' })]
  const rows = rowsOf(rules, [
    anAction({ id: anId(1), change: { kind: 'save-rule', draft } }),
    anAction({ id: anId(2), change: { kind: 'save-rule', ruleId: anId(100), version: 1, draft } }),
    anAction({ id: anId(3), change: { kind: 'remove-rule', ruleId: anId(101), version: 1 } }),
    anAction({ id: anId(4) }),
  ])
  expect(
    rows.map(({ id, waiting, draft: of }) => [id, waiting, of && !isOfflineRule(of) ? of.warning : undefined]),
  ).toEqual([
    [anId(100), undefined, 85],
    [anId(2), 'change', 70],
    [anId(101), undefined, 85],
    [anId(3), 'deletion', 85],
    [anId(1), 'new', 70],
  ])
})

test('a node inherits the no-data time of all nodes, unless it has its own', () => {
  const general = aRule({ noDataSeconds: 90 })
  const own = aRule({ id: anId(101), scope: { kind: 'node', nodeId: 'a' } })
  const rules = [anOfflineRule(), general, own]
  expect(inheritedNoData(own, rules)).toBe(90)
  expect(inheritedNoData({ ...own, noDataSeconds: 30 }, rules)).toBeUndefined()
  expect(inheritedNoData({ ...own, metric: 'memory_usage' }, rules)).toBeUndefined()
  expect(inheritedNoData(general, rules)).toBeUndefined()
})
