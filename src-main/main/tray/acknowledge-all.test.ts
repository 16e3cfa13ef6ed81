import { expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { acknowledgeAllQuestion } from './acknowledge-all.ts'

const critical = ['node-17', 'node-31'].map((nodeId) => anAlert({ nodeId }))
const warnings = ['node-22', 'node-3', 'node-17'].map((nodeId) => anAlert({ nodeId, severity: 'warning' }))

test('the question has the number, the severities and the worst nodes', () => {
  expect(acknowledgeAllQuestion([...critical, ...warnings], false)).toEqual({
    message: 'Acknowledge all 5 alerts?',
    detail: '2 critical, 3 warning on node-17, node-31, node-22 and 1 more. They stay acknowledged until they resolve.',
    buttons: ['Acknowledge 5', 'Cancel'],
  })
})

test('while names are hidden it has counts only', () => {
  expect(acknowledgeAllQuestion(critical.slice(1), true)).toEqual({
    message: 'Acknowledge 1 alert?',
    detail: '1 critical. It stays acknowledged until it resolves.',
    buttons: ['Acknowledge 1', 'Cancel'],
  })
})
