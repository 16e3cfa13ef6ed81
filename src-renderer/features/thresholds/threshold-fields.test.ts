import { expect, test } from 'vitest'
import { aRule } from '#shared/rule/rule-builders.ts'
import { MetricRuleDraft } from '#shared/rule/rule.ts'
import { columnsByRoom, differences, fieldTexts, settingFields } from './threshold-fields.ts'
import { formOfRule } from './threshold-form.ts'

test('shows a threshold in words', () => {
  expect(fieldTexts(formOfRule(aRule({ noDataSeconds: 60 }))).map(({ label, text }) => `${label}: ${text}`)).toEqual([
    'Applies to: all nodes',
    'Metric: CPU usage',
    'Condition: greater than',
    'Warning: 85\u202f%',
    'Critical: 95\u202f%',
    'Clears below: 75\u202f%',
    'For: 2\u202fm',
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
  const target = ['scope', 'metric', 'condition']
  const settings = Object.keys(MetricRuleDraft.shape).filter((key) => !target.includes(key))
  expect(settingFields.map(({ key }) => key).toSorted()).toEqual(settings.toSorted())
  const rule = aRule({ noDataSeconds: 60, enabled: false })
  for (const field of settingFields) {
    expect(field.parse(field.toText(rule[field.key])), field.key).toEqual({ value: rule[field.key] })
  }
})

test('the columns that need the most room are the last ones', () => {
  expect(columnsByRoom.map(({ columns }) => columns.map(({ column }) => column?.head))).toEqual([
    ['Warning', 'Critical'],
    ['Clears at'],
    ['For', 'No data'],
  ])
})
