import { expect, test } from 'vitest'
import { aWeekly } from '#shared/silence/silence-builders.ts'
import { daysText, momentInWords, weeklyText, windowInWords } from './silence-text.ts'

const format = { offsetAt: () => 60 }
const at = (text: string): number => Date.parse(`${text}+01:00`)

test.each([
  [[1, 2, 3, 4, 5], 'Mon to Fri'],
  [[6, 7], 'Sat, Sun'],
  [[3, 1, 1], 'Mon, Wed'],
  [[1, 2, 3, 5, 6, 7], 'Mon to Wed, Fri to Sun'],
  [[1, 2, 3, 4, 5, 6, 7], 'every day'],
])('days %j are %s', (days, text) => expect(daysText(days)).toBe(text))

test.each([
  [{ days: [3], from: '22:00', daysLater: 1 }, 'Wed 22:00 to Thu 04:00'],
  [{ days: [7], from: '22:00', daysLater: 1 }, 'Sun 22:00 to Mon 04:00'],
  [{ days: [2], from: '03:00' }, 'Tue 03:00 to 04:00'],
  [{ days: [1, 2, 3, 4, 5], from: '01:00' }, '01:00 to 04:00, Mon to Fri'],
  [{ days: [6, 7], from: '22:00', daysLater: 1 }, '22:00 to 04:00 the next day, Sat, Sun'],
  [{ days: [1, 4], from: '22:00', daysLater: 2 }, '22:00 to 04:00 2 days later, Mon, Thu'],
])('weekly %j is %s', (change, text) => expect(weeklyText(aWeekly(change))).toBe(text))

test('a moment says its day unless it is near', () => {
  const now = at('2026-11-24T12:04:00')
  const words = (text: string): string => momentInWords(at(text), now, format)
  expect(words('2026-11-24T14:04:00')).toBe('14:04 today')
  expect(words('2026-11-25T00:00:00')).toBe('00:00 tomorrow')
  expect(words('2026-11-30T08:00:00')).toBe('Mon 30 Nov, 08:00')
  expect(words('2027-03-28T02:00:00')).toBe('Sun 28 Mar 2027, 02:00')
})

test('a window says its day once if it ends on it', () => {
  const words = (from: string, to: string): string =>
    windowInWords({ from: at(from), until: at(to) }, at('2026-11-24T12:04:00'), format)
  expect(words('2026-11-25T22:00:00', '2026-11-26T04:00:00')).toBe('Wed 25 Nov 22:00 to Thu 26 Nov 04:00')
  expect(words('2026-11-25T01:00:00', '2026-11-25T04:00:00')).toBe('Wed 25 Nov 01:00 to 04:00')
  expect(words('2027-03-28T03:00:00', '2027-03-28T04:00:00')).toBe('Sun 28 Mar 2027 03:00 to 04:00')
})
