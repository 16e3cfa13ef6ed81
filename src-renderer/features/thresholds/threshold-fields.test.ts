import { expect, test } from 'vitest'
import { aRule } from '#shared/rule/builders.ts'
import { differences, fieldTexts } from './threshold-fields.ts'
import { formOfRule } from './threshold-form.ts'

test('a threshold can be read without its form', () => {
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

test('only what differs is compared, and what is half typed stands as it is', () => {
  const theirs = formOfRule(aRule({ warning: 60, enabled: false }))
  expect(differences({ ...formOfRule(aRule()), warning: '7x' }, theirs)).toEqual([
    { label: 'Warning', mine: '7x', theirs: '60\u202f%' },
    { label: 'Enabled', mine: 'on', theirs: 'off' },
  ])
})
