import { describe, expect, test } from 'vitest'
import { ruleOfSimpleThreshold } from './simple-threshold.ts'
import { isMetricRule, levelProblems, MetricRuleDraft, Rule, type MetricRule, type OfflineRule } from './rule.ts'
import { aRule } from './rule-builders.ts'
import { missingStockRule, stockRules } from './stock-rules.ts'

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
  const ofMetrics = rules.filter(isMetricRule)
  expect(ofMetrics.flatMap(levelProblems)).toEqual([])
  expect(ofMetrics.map(({ metric, warning, critical, clear }) => [metric, warning, critical, clear])).toEqual([
    ['cpu_usage', 85, 95, 75],
    ['memory_usage', 90, 98, 80],
  ])
  expect(ofMetrics.map(({ forSeconds, holdSeconds }) => [forSeconds, holdSeconds])).toEqual([
    [120, 120],
    [120, 120],
  ])
  expect(rules[2]).toMatchObject({ kind: 'offline', scope: { kind: 'all' }, seconds: 60, severity: 'critical' })
})

describe('the rule for offline nodes of an installation of version 0.1.0', () => {
  const [cpu, memory, offline] = stockRules(0) as [MetricRule, MetricRule, OfflineRule]
  const { noDataSeconds: _, ...withoutNoData } = cpu

  test.each<[string, Rule[], object | undefined]>([
    ['is the stock rule', [cpu, memory], offline],
    [
      'has the seconds of the CPU rule',
      [cpu, { ...cpu, version: 2, noDataSeconds: 300 }],
      { ...offline, seconds: 300 },
    ],
    ['is disabled if no data was removed', [cpu, { ...withoutNoData, version: 2 }], { ...offline, enabled: false }],
    ['is disabled if the CPU rule was', [{ ...cpu, enabled: false }, memory], { ...offline, enabled: false }],
    [
      'is disabled if the CPU rule is gone',
      [cpu, { ...cpu, version: 2, deleted: true }],
      { ...offline, enabled: false },
    ],
    [
      'has the seconds of a rule that replaced it',
      [{ ...cpu, deleted: true }, aRule({ metric: 'load', noDataSeconds: 90 })],
      { ...offline, seconds: 90 },
    ],
    ['is not added again', [cpu, offline], undefined],
    ['stays deleted', [cpu, offline, { ...offline, version: 2, deleted: true }], undefined],
  ])('%s', (_name, rules, expected) => {
    expect(missingStockRule(rules)).toEqual(expected)
  })
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
