import { expect, test } from 'vitest'
import { anId, anOfflineRule, aRule } from './rule-builders.ts'
import { nodesOf, overlapText, patternOverlap, ruleTargetKey, scopeText } from './rule-scope.ts'
import { RuleDraft, type RuleScope } from './rule.ts'

const pattern = (text: string): RuleScope => ({ kind: 'pattern', pattern: text })
const nodes = ['db-1', 'db-2', 'web-1', 'db-10']

test('a scope is named, and finds its nodes by their whole ids', () => {
  const scopes: RuleScope[] = [{ kind: 'all' }, pattern('db-.'), { kind: 'node', nodeId: 'web-1' }, pattern('db')]
  expect(scopes.map(scopeText)).toEqual(['all nodes', 'db-.', 'web-1', 'db'])
  expect(scopes.map((scope) => nodesOf(scope, nodes))).toEqual([nodes, ['db-1', 'db-2'], ['web-1'], []])
})

test('a pattern and a node with the same text are different targets', () => {
  const keys = [pattern('a'), { kind: 'node', nodeId: 'a' } as const].map((scope) => ruleTargetKey(aRule({ scope })))
  expect(new Set(keys).size).toBe(2)
})

test('two patterns for one metric that match one node overlap', () => {
  const other = aRule({ id: anId(7), scope: pattern('.*-1') })
  const draft = aRule({ scope: pattern('db-.*') })
  const overlap = patternOverlap(draft, [aRule(), other], nodes)
  expect(overlap).toEqual({ pattern: 'db-.*', other, otherPattern: '.*-1', nodes: ['db-1'] })
  expect(overlap && overlapText(overlap)).toBe('db-.* and .*-1 both match db-1. Only one pattern can apply to a node.')
})

test.each([
  ['another metric', aRule({ metric: 'disk_io', scope: pattern('.*-1') })],
  ['another kind', anOfflineRule({ scope: pattern('.*-1') })],
  ['a disabled rule', aRule({ enabled: false, scope: pattern('.*-1') })],
  ['no common node', aRule({ scope: pattern('web-.*') })],
  ['a rule for one node', aRule({ scope: { kind: 'node', nodeId: 'db-1' } })],
])('patterns do not overlap with %s', (_, other) => {
  expect(patternOverlap(aRule({ scope: pattern('db-.*') }), [other], nodes)).toBeUndefined()
})

test.each([
  [['a', 'b'], 'both match a and b.'],
  [['a', 'b', 'c'], 'both match a, b and c.'],
  [['a', 'b', 'c', 'd', 'e'], 'both match a, b, c and 2 more.'],
])('the sentence names at most three of %j', (ids, words) => {
  const overlap = { pattern: 'x', other: aRule(), otherPattern: 'y', nodes: ids }
  expect(overlapText(overlap)).toContain(words)
})

test.each([
  ['db-(', 'Missing closing ): db-('],
  ['(?=db)', 'Invalid or unsupported Perl syntax: (?='],
  ['x'.repeat(257), 'Too big'],
])('the pattern %j is refused with a sentence that names the part', (text, sentence) => {
  const parsed = RuleDraft.safeParse({ ...draftOf(), scope: pattern(text) })
  expect(JSON.stringify(parsed.error?.issues)).toContain(sentence)
})

function draftOf(): object {
  const { scope: _, metric, condition, warning, forSeconds, enabled } = aRule()
  return { metric, condition, warning, forSeconds, enabled }
}
