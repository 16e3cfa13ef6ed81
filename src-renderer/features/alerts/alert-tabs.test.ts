import { expect, test } from 'vitest'
import { anId } from '#shared/rule/rule-builders.ts'
import { alertTabOf, isOpenTab } from './alert-tabs.ts'

test('an address of the page is a tab, or an alert', () => {
  expect([undefined, 'acknowledged', 'silenced', 'history', 'report', anId(1)].map(alertTabOf)).toEqual([
    'unacknowledged',
    'acknowledged',
    'silenced',
    'history',
    'report',
    undefined,
  ])
  expect((['all', 'silenced', 'history', 'report'] as const).map(isOpenTab)).toEqual([true, true, false, false])
})
