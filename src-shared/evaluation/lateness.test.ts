import { expect, test } from 'vitest'
import { isLate, isNewest } from './lateness.ts'

const noon = 1_800_014_400_000
const minutes = (count: number): number => noon + count * 60_000

test.each([
  ['sent when it was measured, two minutes before the newest', -2, -2, false],
  ['sent when it was measured, after one from a clock 50 minutes ahead', -50, -50, false],
  ['sent two minutes after it was measured', -50, -48, false],
  ['sent now, measured ten minutes ago', -10, 0, true],
  ['sent ten minutes after it was measured, long before the newest', -50, -40, false],
  ['sent while the series has had nothing for five minutes', -55, 5, true],
  ['sent while the series has had nothing for longer', -55, 6, false],
])('a record %s: late or not', (_, at, recordedAt, late) => {
  expect(isLate(noon, minutes(at), minutes(recordedAt))).toBe(late)
})

test('an old record without a timestamp is late', () => {
  expect([isLate(noon, minutes(-2), -1), isLate(noon, minutes(-2) - 1, -1)]).toEqual([false, true])
})

test('within two minutes, the newest event time counts; beyond, a record that is not late', () => {
  expect([minutes(-1), minutes(-2), minutes(-3), noon].map((at) => isNewest(noon, at, at))).toEqual([
    false,
    false,
    true,
    true,
  ])
  expect(isNewest(noon, minutes(-3), noon)).toBe(false)
})
