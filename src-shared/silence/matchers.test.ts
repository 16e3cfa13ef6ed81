import { describe, expect, test } from 'vitest'
import { anAlert } from '../alert/alert-builders.ts'
import { compileMatchers, labelsOf, matcherProblem, matchesEverything } from './matchers.ts'
import { aMatcher } from './silence-builders.ts'
import type { Matcher } from './silence.ts'

const alert = anAlert({ nodeId: 'web-117', nodeName: 'Web 117', metric: 'cpu_usage', severity: 'critical' })
const matches = (...matchers: Matcher[]): boolean => compileMatchers(matchers)(labelsOf(alert))

describe('matchers mean what they mean in Alertmanager', () => {
  test.each([
    ['node', '=', 'web-117', true],
    ['node', '=', 'web', false],
    ['node', '!=', 'web-118', true],
    ['node', '=~', 'web-.*', true],
    ['node', '=~', 'web', false],
    ['node', '!~', 'db-.*', true],
    ['node', '!~', 'web-.*', false],
    ['node_name', '=~', '[A-Z]eb \\d+', true],
    ['severity', '=~', 'critical|warning', true],
    ['kind', '=', 'value', true],
    ['rule', '=', alert.ruleId, true],
    // a label that the alert does not have is empty
    ['rack', '=', '', true],
    ['rack', '!=', '4', true],
    ['rack', '=', '4', false],
  ] as const)('%s%s%j: %s', (name, operator, value, expected) => {
    expect(matches(aMatcher(name, operator, value))).toBe(expected)
  })

  test.each([
    ['path', '=', '/var', true],
    ['path', '=~', '/.*', true],
    ['path', '!=', '/var', false],
    ['path', '!~', '/home.*', true],
    ['device', '=', '', true],
    // A label of every alert wins over a tag with its name.
    ['node', '=', 'web-117', true],
    ['constructor', '=', '', true],
  ] as const)('the tags of the metric are labels: %s%s%j: %s', (name, operator, value, expected) => {
    const tagged = { ...alert, metric: 'disk.used_percent{node=x,path=/var}' }
    expect(compileMatchers([aMatcher(name, operator, value)])(labelsOf(tagged))).toBe(expected)
  })

  test('all of them have to match', () => {
    expect(matches(aMatcher('node', '=~', 'web-.*'), aMatcher('severity', '=', 'critical'))).toBe(true)
    expect(matches(aMatcher('node', '=~', 'web-.*'), aMatcher('severity', '=', 'warning'))).toBe(false)
  })

  test.each(['=~', '!~'] as const)('a pattern that is invalid hides no alert: %s', (operator) => {
    expect(matches(aMatcher('node', operator, '(web'))).toBe(false)
  })
})

test.each([
  [aMatcher('node', '=~', '(web'), 'Missing closing ): (web'],
  // a tag of a metric
  [aMatcher('rack', '=', '4'), undefined],
  [aMatcher('mode', '=', 'rw'), undefined],
  [aMatcher('name', '=', 'eth0'), undefined],
  [aMatcher('sevrity', '=', 'critical'), 'No alert has the label sevrity. Did you mean severity?'],
  [aMatcher('Metric', '=', 'cpu_usage'), 'No alert has the label Metric. Did you mean metric?'],
  [aMatcher('node', '=', '(web'), undefined],
  [aMatcher('node', '=~', 'web-.*'), undefined],
])('the problem of %o', (matcher, problem) => {
  expect(matcherProblem(matcher)).toBe(problem)
})

test.each([
  [[aMatcher('node', '=~', '.*')], true],
  [[aMatcher('node', '=~', '.+')], true],
  [[aMatcher('node', '!=', 'node-77')], true],
  [[aMatcher('severity', '=~', 'warning|critical')], true],
  [[aMatcher('severity', '!=', 'info'), aMatcher('node', '!=', '')], true],
  [[aMatcher('node', '=~', '.*'), aMatcher('severity', '=', 'warning')], false],
  [[aMatcher('node', '=~', 'web-.*')], false],
  [[aMatcher('node', '=~', '.*-.*')], false],
  [[aMatcher('kind', '=', 'offline')], false],
  [[aMatcher('metric', '=~', '.+')], false],
  [[aMatcher('path', '=', '/var')], false],
  [[aMatcher('path', '=~', '.+')], false],
  [[aMatcher('path', '=~', '.*')], true],
  [[aMatcher('path', '!=', '/var')], true],
])('whether %o matches everything: %s', (matchers, expected) => {
  expect(matchesEverything(matchers)).toBe(expected)
})
