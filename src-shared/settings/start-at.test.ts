import { expect, test } from 'vitest'
import { StartAt, StartAtText } from './start-at.ts'

test.each([
  ['latest', { kind: 'latest' }],
  ['earliest', { kind: 'beginning' }],
  ['beginning', { kind: 'beginning' }],
  [' Latest ', { kind: 'latest' }],
  ['60m', { kind: 'minutes', minutes: 60 }],
  ['1h30m', { kind: 'minutes', minutes: 90 }],
  ['2d', { kind: 'minutes', minutes: 2880 }],
])('the text %j is a start position', (text, startAt) => {
  expect(StartAtText.parse(text)).toEqual(startAt)
})

test.each(['', '60', 'none', '0', '-5m', '90s', '2y', 'latest,earliest'])(
  'the text %j is none, and says so',
  (text) => {
    const { error } = StartAtText.safeParse(text)
    expect(error?.issues.map(({ message }) => message)).toEqual([
      'expected latest, earliest, or a duration in whole minutes such as 60m',
    ])
  },
)

test('whole minutes from one to a year are a start position', () => {
  const wrong = [0, -1, 1.5, NaN, Infinity, 366 * 24 * 60 + 1]
  expect(wrong.filter((minutes) => StartAt.safeParse({ kind: 'minutes', minutes }).success)).toEqual([])
  expect([1, 366 * 24 * 60].every((minutes) => StartAt.safeParse({ kind: 'minutes', minutes }).success)).toBe(true)
})
