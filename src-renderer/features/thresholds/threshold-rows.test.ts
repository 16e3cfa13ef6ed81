import { expect, test } from 'vitest'
import { anId, anOfflineRule, aRule } from '#shared/rule/rule-builders.ts'
import { isOfflineRule, type Rule, type RuleDraft } from '#shared/rule/rule.ts'
import { anAction } from '../../bridge/bridge-builders.ts'
import { inheritedNoData, inOrder, matchesText, rowsOf } from './threshold-rows.ts'

const { scope, metric, condition, forSeconds, enabled } = aRule()
const draft: RuleDraft = { scope, metric, condition, forSeconds, enabled, warning: 70 }

const node = (id: number, nodeId: string, of: string) =>
  aRule({ id: anId(id), scope: { kind: 'node', nodeId }, metric: of })
const pattern = (id: number, text: string) => aRule({ id: anId(id), scope: { kind: 'pattern', pattern: text } })
const numbers = (rules: readonly Rule[]) => rules.map(({ id }) => Number(id.slice(-3)))

test.each([
  ['all', [100, 4, 3, 102, 1, 2]],
  ['node', [3, 1, 2, 4, 100, 102]],
  ['metric', [1, 100, 4, 3, 102, 2]],
] as const)('rules in the order by %s', (grouping, expected) => {
  const rules = [
    node(2, 'b', 'x'),
    node(1, 'b', 'apples'),
    aRule(),
    node(3, 'a', 'cpu_usage'),
    pattern(4, 'db-.*'),
    anOfflineRule(),
  ]
  expect(numbers(inOrder(rules, grouping))).toEqual(expected)
})

test.each([
  [[], 'Matches no node now'],
  [['a'], 'Matches 1 node: a'],
  [['a', 'b', 'c'], 'Matches 3 nodes: a, b, …'],
])('a pattern that matches %j says so', (nodes, text) => {
  expect(matchesText(nodes)).toBe(text)
})

test('a node inherits the no-data time of its pattern before that of all nodes', () => {
  const own = node(1, 'db-1', 'cpu_usage')
  const general = aRule({ noDataSeconds: 90 })
  const ofPattern = aRule({ ...pattern(4, 'db-.*'), noDataSeconds: 30 })
  expect(inheritedNoData(own, [general, ofPattern])).toBe(30)
  expect(inheritedNoData(own, [general, pattern(4, 'db-.*')])).toBe(90)
  expect(inheritedNoData(own, [general, aRule({ ...ofPattern, enabled: false })])).toBe(90)
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
