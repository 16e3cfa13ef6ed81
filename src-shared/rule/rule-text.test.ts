import { expect, test } from 'vitest'
import { aRule } from './rule-builders.ts'
import { levelsText, ruleName } from './rule-text.ts'

test('levels have their side and unit; absent ones are left out', () => {
  const { critical: _critical, clear: _clear, ...simple } = aRule({ condition: 'less', warning: 5 })
  expect([levelsText(aRule()), levelsText(simple)]).toEqual([
    'warning above 85\u202f%, critical above 95\u202f%, clears below 75\u202f%',
    'warning below 5\u202f%',
  ])
})

test('a rule is named by its metric and its scope', () => {
  expect([ruleName(aRule()), ruleName(aRule({ scope: { kind: 'node', nodeId: 'node-1' } }))]).toEqual([
    'CPU usage, all nodes',
    'CPU usage, node-1',
  ])
  expect(ruleName(aRule({ scope: { kind: 'node', nodeId: '\u202egpj.nimda' } }))).toBe('CPU usage, \\u202egpj.nimda')
})
