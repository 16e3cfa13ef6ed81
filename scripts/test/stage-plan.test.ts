import { expect, test } from 'vitest'
import { stagePlan } from './stage-plan.ts'

test('the checks of the sources run beside the end-to-end tests', () => {
  expect(stagePlan(['lint', 'types', 'unit', 'e2e', 'package'])).toEqual([
    { stage: 'unit', beside: [] },
    { stage: 'e2e', beside: ['lint', 'types'] },
    { stage: 'package', beside: [] },
  ])
})

test('without end-to-end tests all run in order', () => {
  expect(stagePlan(['lint', 'unit'])).toEqual([
    { stage: 'lint', beside: [] },
    { stage: 'unit', beside: [] },
  ])
})

test('only checks that were asked for run beside the end-to-end tests', () => {
  expect(stagePlan(['types', 'e2e'])).toEqual([{ stage: 'e2e', beside: ['types'] }])
  expect(stagePlan(['e2e'])).toEqual([{ stage: 'e2e', beside: [] }])
})
