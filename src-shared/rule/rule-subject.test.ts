import { describe, expect, test } from 'vitest'
import { anId, anOfflineRule, aRule } from './rule-builders.ts'
import { isSameDraft } from './rule-draft.ts'
import { ruleIndex } from './rule-index.ts'
import { patternOverlap, ruleTargetKey, widerRule } from './rule-scope.ts'
import { anyTagsText, includesSubject, isAboutMetric } from './rule-subject.ts'
import { ruleName, ruleTargetText } from './rule-text.ts'
import { ruleBookProblem } from './rule-book.ts'
import { MetricRuleDraft, type MetricRule, type RuleScope } from './rule.ts'

const node = (nodeId: string): RuleScope => ({ kind: 'node', nodeId })
const pattern = (text: string): RuleScope => ({ kind: 'pattern', pattern: text })
const anyPath = (change: Partial<MetricRule> = {}): MetricRule =>
  aRule({ id: 'any', metric: 'disk.used_percent', anyTags: ['path'], ...change })
const varPath = (change: Partial<MetricRule> = {}): MetricRule =>
  aRule({ id: 'var', metric: 'disk.used_percent{path=/var}', ...change })

test.each([
  ['disk.used_percent', ['path'], 'disk.used_percent{path=/var}', true],
  ['disk.used_percent', ['path'], 'disk.used_percent{path=a\\,b}', true],
  ['disk.used_percent', ['path'], 'disk.used_percent', false],
  ['disk.used_percent', ['path'], 'disk.used_percent{device=sda}', false],
  ['disk.used_percent', ['path'], 'disk.used_percent{device=sda,path=/}', false],
  ['disk.used_percent', ['path'], 'disk.free{path=/}', false],
  ['cpu.time{state=idle}', ['cpu'], 'cpu.time{cpu=cpu0,state=idle}', true],
  ['cpu.time{state=idle}', ['cpu'], 'cpu.time{cpu=cpu0,state=user}', false],
  ['cpu.time', ['state', 'cpu'], 'cpu.time{cpu=cpu0,state=user}', true],
  ['disk.used_percent{path=/}', undefined, 'disk.used_percent{path=/}', true],
  ['disk.used_percent', undefined, 'disk.used_percent{path=/}', false],
])('%s with any of %j is about %s: %s', (metric, anyTags, series, expected) => {
  const rule = aRule(anyTags ? { metric, anyTags } : { metric })
  expect(isAboutMetric(rule, series)).toBe(expected)
  expect(ruleIndex([rule]).ruleFor('node-1', series, 0) !== undefined).toBe(expected)
})

describe('the rule in effect', () => {
  const idAt = (rules: readonly MetricRule[], series = 'disk.used_percent{path=/var}', nodeId = 'db-1') =>
    ruleIndex(rules).ruleFor(nodeId, series, 0)?.id

  test('is the one for exactly this series, whatever the scope of the one for any tags', () => {
    expect(idAt([anyPath(), varPath()])).toBe('var')
    expect(idAt([anyPath({ scope: node('db-1') }), varPath()])).toBe('var')
    expect(idAt([anyPath({ scope: node('db-1') }), varPath()], 'disk.used_percent{path=/}')).toBe('any')
    expect(idAt([anyPath(), varPath({ scope: node('db-1') })], undefined, 'db-2')).toBe('any')
  })

  test('is the one for any tags while the exact one is disabled', () => {
    expect(idAt([anyPath(), varPath({ enabled: false })])).toBe('any')
  })

  test('among those for any tags is the narrowest scope of the one with the fewest of them', () => {
    const series = 'cpu.time{cpu=cpu0,state=idle}'
    const both = aRule({ id: 'both', metric: 'cpu.time', anyTags: ['cpu', 'state'], scope: node('db-1') })
    const idle = aRule({ id: 'idle', metric: 'cpu.time{state=idle}', anyTags: ['cpu'] })
    const ofNode = { ...idle, id: 'node', scope: node('db-1') }
    const ofPattern = { ...idle, id: 'pattern', scope: pattern('db-.*') }
    expect(idAt([both, idle], series)).toBe('idle')
    expect(idAt([both, idle, ofPattern], series)).toBe('pattern')
    expect(idAt([both, ofNode, ofPattern, idle], series)).toBe('node')
  })

  test('does not depend on the order of rules', () => {
    const series = 'cpu.time{cpu=cpu0,state=idle}'
    const a = aRule({ id: 'a', metric: 'cpu.time{state=idle}', anyTags: ['cpu'] })
    const b = aRule({ id: 'b', metric: 'cpu.time{cpu=cpu0}', anyTags: ['state'] })
    expect(idAt([a, b], series)).toBe(idAt([b, a], series))
  })

  test('begins and ends over time, and its no-data time is inherited', () => {
    const rules = [
      anyPath({ noDataSeconds: 60 }),
      varPath({ effectiveFrom: 100 }),
      varPath({ version: 2, effectiveFrom: 200, deleted: true }),
    ]
    const index = ruleIndex(rules)
    const series = ['db-1', 'disk.used_percent{path=/var}'] as const
    expect([99, 100, 199, 200].map((at) => index.ruleFor(...series, at)?.id)).toEqual(['any', 'var', 'var', 'any'])
    expect([99, 100].map((at) => index.noDataSecondsFor(...series, at))).toEqual([60, 60])
    expect([0, 100, 200].map((at) => index.unchangedUntil(...series, at))).toEqual([100, 200, Infinity])
    expect(index.intervals(...series).map(({ from, rule }) => [from, rule?.id])).toEqual([
      [0, 'any'],
      [100, 'var'],
      [200, 'any'],
    ])
  })

  test('of a node that is offline is never one for any tags', () => {
    const index = ruleIndex([anyPath(), anOfflineRule()])
    expect([index.offlineRuleFor('db-1', 0)?.id, index.ruleFor('db-1', '', 0)]).toEqual([anId(102), undefined])
  })
})

test('a rule for any tags is another target than the one for the metric', () => {
  const rules = [anyPath(), varPath(), aRule({ id: 'plain', metric: 'disk.used_percent' })]
  expect(new Set(rules.map(ruleTargetKey)).size).toBe(3)
  expect(ruleBookProblem(rules, [])).toBeUndefined()
  expect(ruleBookProblem([anyPath(), anyPath({ id: 'x' })], [])?.text).toBe(
    'Two rules for disk.used_percent on any path on all nodes.',
  )
  const ordered = (anyTags: string[]): MetricRule => aRule({ metric: 'cpu.time', anyTags })
  expect(ruleTargetKey(ordered(['b', 'a']))).toBe(ruleTargetKey(ordered(['a', 'b'])))
  expect(isSameDraft(ordered(['b', 'a']), ordered(['a', 'b']))).toBe(true)
  expect(isSameDraft(ordered(['a']), ordered(['a', 'b']))).toBe(false)
})

test('two patterns for any tags overlap, and not with one for the series', () => {
  const draft = anyPath({ scope: pattern('db-.*') })
  expect(patternOverlap(draft, [anyPath({ id: 'x', scope: pattern('.*-1') })], ['db-1'])?.nodes).toEqual(['db-1'])
  expect(patternOverlap(draft, [varPath({ scope: pattern('.*-1') })], ['db-1'])).toBeUndefined()
})

test('the wider rule is that of the same series, then that for any tags', () => {
  const own = varPath({ scope: node('db-1') })
  const all = varPath({ id: 'var-all' })
  const any = anyPath()
  const anyOfNode = anyPath({ id: 'any-node', scope: node('db-1') })
  expect(widerRule(own, [any, anyOfNode, all])?.id).toBe('var-all')
  expect(widerRule(own, [any, anyOfNode])?.id).toBe('any-node')
  expect(widerRule(all, [any, anyOfNode])?.id).toBe('any')
  expect(widerRule(any, [all, anyOfNode])).toBeUndefined()
  expect(widerRule(anyOfNode, [all, any])?.id).toBe('any')
})

test('a rule includes the series of another one', () => {
  const both = aRule({ metric: 'cpu.time', anyTags: ['cpu', 'state'] })
  const idle = aRule({ metric: 'cpu.time{state=idle}', anyTags: ['cpu'] })
  const one = aRule({ metric: 'cpu.time{cpu=cpu0,state=idle}' })
  expect([includesSubject(both, idle), includesSubject(idle, both), includesSubject(idle, one)]).toEqual([
    true,
    false,
    true,
  ])
  expect([includesSubject(one, idle), includesSubject(both, anOfflineRule())]).toEqual([false, false])
})

test('the words for a rule', () => {
  const cpu = aRule({ metric: 'system.cpu.time{state=idle}', anyTags: ['cpu', 'b'] })
  expect([ruleName(anyPath()), ruleName(varPath()), ruleName(aRule())]).toEqual([
    'disk.used_percent on any path, all nodes',
    'disk.used_percent path=/var, all nodes',
    'CPU usage, all nodes',
  ])
  expect([anyTagsText(cpu), ruleTargetText(cpu), ruleTargetText(anOfflineRule())]).toEqual([
    'b and cpu',
    'system.cpu.time{state=idle} on any b and cpu',
    'offline nodes',
  ])
})

test.each([
  [{ metric: 'disk.used{path=/}', anyTags: ['path'] }, 'The tag path is named twice.'],
  [{ metric: 'disk.used', anyTags: ['path', 'path'] }, 'The tag path is named twice.'],
  [{ metric: 'disk.used', anyTags: [] }, ''],
  [{ metric: 'disk.used', anyTags: [''] }, ''],
])('%j is refused', (change, sentence) => {
  const { scope, condition, warning, forSeconds, enabled } = aRule()
  const parsed = MetricRuleDraft.safeParse({ scope, condition, warning, forSeconds, enabled, ...change })
  expect(parsed.success).toBe(false)
  expect(JSON.stringify(parsed.error?.issues)).toContain(sentence)
})
