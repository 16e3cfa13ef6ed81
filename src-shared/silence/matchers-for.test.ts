import { expect, test } from 'vitest'
import { anAlert, anOwnAlert } from '../alert/alert-builders.ts'
import { anId } from '../rule/rule-builders.ts'
import { compileMatchers, labelsOf } from './matchers.ts'
import { matchersFor, matchersInCommon } from './matchers-for.ts'
import { formatMatchers } from './matcher-text.ts'

const alertOf = (nodeId: string, rule = 1) => anAlert({ nodeId, ruleId: anId(rule) })
const many = Array.from({ length: 200 }, (_, i) => alertOf(`web-${100 + i}`))

test.each([
  [[alertOf('web-1')], `{rule="${anId(1)}", node="web-1"}`],
  [[alertOf('web-2'), alertOf('web-1')], `{rule="${anId(1)}", node=~"web-1|web-2"}`],
  [[alertOf('a.b'), alertOf('a.c', 2)], `{rule=~"${anId(1)}|${anId(2)}", node=~"a\\\\.b|a\\\\.c"}`],
  [many, `{rule="${anId(1)}", node=~"web-.*"}`],
  [[...many, alertOf('db-1')], `{rule="${anId(1)}"}`],
  [[], '{}'],
])('%# the rules and nodes of the alerts', (alerts, text) => {
  const matchers = matchersFor(alerts)
  expect(formatMatchers(matchers)).toBe(text)
  for (const alert of alerts) expect(compileMatchers(matchers)(labelsOf(alert))).toBe(true)
})

const nearlyMany = many.slice(0, 30)
test.each([
  [[alertOf('web-1')], `{rule="${anId(1)}", node="web-1"}`],
  [[alertOf('web-2'), alertOf('web-1')], `{rule="${anId(1)}", severity="critical", node=~"web-1|web-2"}`],
  [nearlyMany, `{rule="${anId(1)}", severity="critical", node=~"${nearlyMany.map(({ nodeId }) => nodeId).join('|')}"}`],
  [many, `{rule="${anId(1)}", severity="critical"}`],
  [
    [alertOf('web-1'), anAlert({ nodeId: 'web-1', ruleId: anId(2), severity: 'warning' })],
    `{rule=~"${anId(1)}|${anId(2)}", severity=~"critical|warning", node="web-1"}`,
  ],
])('%# in common: no node beside them, unless they are too many to be named', (alerts, text) => {
  const matchers = matchersInCommon(alerts)
  expect(formatMatchers(matchers)).toBe(text)
  for (const alert of alerts) expect(compileMatchers(matchers)(labelsOf(alert))).toBe(true)
  if (alerts.length < 100) expect(compileMatchers(matchers)(labelsOf(alertOf('web-999')))).toBe(false)
})

test.each([
  [[anOwnAlert()], '{kind="lag"}'],
  [[anOwnAlert({ severity: 'critical' }), anOwnAlert({ kind: 'blind' })], '{kind=~"blind|lag"}'],
])('%# of the console about itself: their kinds, without a node', (alerts, text) => {
  for (const matchers of [matchersInCommon(alerts), matchersFor(alerts)]) {
    expect(formatMatchers(matchers)).toBe(text)
    for (const alert of alerts) expect(compileMatchers(matchers)(labelsOf(alert))).toBe(true)
    expect(compileMatchers(matchers)(labelsOf(alertOf('web-1')))).toBe(false)
  }
})

test('a silence of one alert is one of its tags, where a matcher can name them', () => {
  const alert = { ...alertOf('web-1'), metric: 'disk.used_percent{node=x,odd-name=1,path=/var}' }
  expect(matchersInCommon([alert])).toContainEqual({ name: 'path', operator: '=', value: '/var' })
  expect(matchersInCommon([alert]).map(({ name }) => name)).toEqual(['rule', 'node', 'path'])
  const other = { ...alert, metric: 'disk.used_percent{path=/}' }
  expect(compileMatchers(matchersInCommon([alert]))(labelsOf(other))).toBe(false)
  expect(matchersInCommon([alert, other]).map(({ name }) => name)).not.toContain('path')
})
