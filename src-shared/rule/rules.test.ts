import { describe, expect, test } from 'vitest'
import { ruleOfSimpleThreshold } from './simple-threshold.ts'
import { levelProblems, MetricRuleDraft, Rule } from './rule.ts'
import { stockRules } from './stock-rules.ts'

describe('a simple threshold', () => {
  const simple = { nodeId: 'node-1', metric: 'cpu_usage', value: 80, condition: 'greater' as const }

  test('warns beyond its value and is critical beyond 1.2 times it', () => {
    expect(MetricRuleDraft.parse(ruleOfSimpleThreshold(simple))).toEqual({
      scope: { kind: 'node', nodeId: 'node-1' },
      metric: 'cpu_usage',
      condition: 'greater',
      warning: 80,
      critical: 96,
      forSeconds: 0,
      enabled: true,
    })
  })

  test.each([
    [70, 84],
    [0.7, 0.84],
    [1.1, 1.32],
    [0, 0],
  ])('of %d is critical beyond %d, without binary rounding errors', (value, critical) => {
    expect(ruleOfSimpleThreshold({ ...simple, value }).critical).toBe(critical)
  })

  test('that is less, or negative, only warns', () => {
    expect(ruleOfSimpleThreshold({ ...simple, condition: 'less' }).critical).toBeUndefined()
    expect(MetricRuleDraft.parse(ruleOfSimpleThreshold({ ...simple, value: -10 })).critical).toBeUndefined()
  })
})

test('stock rules match the contract and are the same everywhere', () => {
  const rules = stockRules(5)
  expect(rules.map((rule) => Rule.parse(rule))).toEqual(stockRules(5))
  expect(rules.flatMap(levelProblems)).toEqual([])
  expect(rules.map(({ metric, warning, critical, clear }) => [metric, warning, critical, clear])).toEqual([
    ['cpu_usage', 85, 95, 75],
    ['memory_usage', 90, 98, 80],
  ])
})

describe('levels in an impossible order', () => {
  const greater = { condition: 'greater' as const }
  const less = { condition: 'less' as const }

  test.each([
    [{ ...greater }, ['warning']],
    [{ ...greater, noDataSeconds: 60 }, []],
    [{ ...greater, warning: 90, critical: 80 }, ['critical']],
    [{ ...greater, warning: 90, critical: 90 }, []],
    [{ ...greater, warning: 90, clear: 90 }, ['clear']],
    [{ ...greater, critical: 90, clear: 89 }, []],
    [{ ...greater, noDataSeconds: 60, clear: 10 }, ['clear']],
    [{ ...less, warning: 10, critical: 20 }, ['critical']],
    [{ ...less, warning: 20, critical: 10, clear: 20 }, ['clear']],
    [{ ...less, warning: 20, critical: 10, clear: 21 }, []],
  ])('%j has its problem at %j', (draft, fields) => {
    expect(levelProblems(draft).map(({ field }) => field)).toEqual(fields)
  })
})
