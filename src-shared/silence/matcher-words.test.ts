import { expect, test } from 'vitest'
import { aRule, anId } from '../rule/rule-builders.ts'
import { matchersText, matcherValue, withRuleIds, withRuleNames } from './matcher-words.ts'
import type { Matcher } from './silence.ts'

const rules = [aRule(), aRule({ id: anId(12), scope: { kind: 'node', nodeId: 'node-4' } })]
const ofRule = (value: string, operator: Matcher['operator'] = '='): Matcher => ({ name: 'rule', operator, value })
test('a rule is shown by its name; a value that was made up keeps its marks visible', () => {
  expect(matcherValue(ofRule(aRule().id), rules)).toBe('CPU usage')
  expect(matcherValue(ofRule(anId(12)), rules)).toBe('CPU usage, node-4')
  expect(matcherValue(ofRule(anId(77)), rules)).toBe(anId(77))
  expect(matcherValue({ name: 'node', operator: '=', value: 'a\u202eb' }, rules)).not.toContain('\u202e')
})

test('a typed name of a rule becomes its id; an unknown one stays', () => {
  expect(withRuleIds([ofRule('cpu usage', '!=')], rules)).toEqual([ofRule(aRule().id, '!=')])
  expect(withRuleIds([ofRule('CPU usage, node-4')], rules)).toEqual([ofRule(anId(12))])
  expect(withRuleIds([ofRule('Disk')], rules)).toEqual([ofRule('Disk')])
  const node: Matcher = { name: 'node', operator: '=', value: 'CPU usage' }
  expect(withRuleIds([node], rules)).toEqual([node])
})

test('what a silence is about, in few words', () => {
  const node: Matcher = { name: 'node', operator: '!~', value: 'web-.*' }
  expect(matchersText([ofRule(aRule().id), node], rules)).toBe('CPU usage, not web-.*')
})

test('a text that is edited has the names of rules; two rules with one name keep their ids', () => {
  expect(withRuleNames([ofRule(aRule().id), ofRule(anId(77))], rules)).toEqual([ofRule('CPU usage'), ofRule(anId(77))])
  const twins = [aRule(), aRule({ id: anId(13) })]
  expect(withRuleNames([ofRule(anId(13))], twins)).toEqual([ofRule(anId(13))])
})
