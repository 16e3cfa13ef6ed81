import { expect, test } from 'vitest'
import { anOfflineRule, aRule } from '#shared/rule/rule-builders.ts'
import { MetricRuleDraft, OfflineRuleDraft } from '#shared/rule/rule.ts'
import { cellText, columnsByRoom, differences, fieldTexts, settingOf, settingsOf } from './threshold-fields.ts'
import { formOfRule } from './threshold-form.ts'

test('shows a threshold in words', () => {
  expect(
    fieldTexts(formOfRule(aRule({ holdSeconds: 120, noDataSeconds: 60 }))).map(
      ({ label, text }) => `${label}: ${text}`,
    ),
  ).toEqual([
    'Applies to: all nodes',
    'Metric: CPU usage',
    'Condition: greater than',
    'Warning: 85\u202f%',
    'Critical: 95\u202f%',
    'Clears below: 75\u202f%',
    'For: 2\u202fm',
    'Hold: 2\u202fm',
    'Find flapping: off',
    'No data after: 1\u202fm',
    'Enabled: on',
  ])
})

test('compares only differences, and keeps invalid text as typed', () => {
  const theirs = formOfRule(aRule({ warning: 60, enabled: false }))
  expect(differences({ ...formOfRule(aRule()), warning: '7x' }, theirs)).toEqual([
    { label: 'Warning', mine: '7x', theirs: '60\u202f%' },
    { label: 'Enabled', mine: 'on', theirs: 'off' },
  ])
})

test('every setting of a rule has a field, and text that reads back as its value', () => {
  const target = ['kind', 'scope', 'metric', 'anyTags', 'condition']
  for (const [kind, shape, rule] of [
    ['metric', MetricRuleDraft.shape, aRule({ holdSeconds: 90, noDataSeconds: 60, enabled: false })],
    ['offline', OfflineRuleDraft.shape, anOfflineRule({ severity: 'warning', enabled: false })],
  ] as const) {
    const settings = Object.keys(shape).filter((key) => !target.includes(key))
    const fields = settingsOf(kind)
    expect(fields.map(({ key }) => key).toSorted()).toEqual(settings.toSorted())
    for (const field of fields) {
      const value = settingOf(rule, field.key)
      expect(field.parse(field.toText(value)), field.key).toEqual({ value })
    }
  }
})

test('a threshold for offline nodes in words, and in the column of its severity', () => {
  const rule = anOfflineRule({ seconds: 300 })
  expect(fieldTexts(formOfRule(rule)).map(({ label, text }) => `${label}: ${text}`)).toEqual([
    'Applies to: all nodes',
    'Metric: Node offline',
    'No sample for: 5\u202fm',
    'Severity: critical',
    'Enabled: on',
  ])
  expect(settingsOf('metric').map((field) => cellText(rule, field, ''))).toEqual([
    '–',
    '5\u202fm',
    '–',
    '–',
    '–',
    '–',
    '–',
    '–',
    '–',
  ])
})

test('the columns that need the most room are the last ones', () => {
  expect(columnsByRoom.map(({ columns }) => columns.map(({ column }) => column?.head))).toEqual([
    ['Warning', 'Critical'],
    ['Clears at', 'For'],
    ['Hold', 'No data'],
  ])
})

test('a threshold that fires at once says so in its column', () => {
  const seconds = settingsOf('metric').find(({ key }) => key === 'forSeconds')
  expect(seconds && cellText(aRule({ forSeconds: 0 }), seconds, '')).toBe('0\u202fs')
})
