import { expect, test } from 'vitest'
import { anAlert } from '../alert/alert-builders.ts'
import { aMatcher, aSilence, aWeekly } from './silence-builders.ts'
import { noSilences, silenceIndex } from './silence-index.ts'

const alert = anAlert({ nodeId: 'node-1' })
const long = aSilence({
  id: '51e0ce00-0000-4000-8000-000000000002',
  schedule: { kind: 'once', startsAt: 0, endsAt: 9e6 },
})

test('an alert is silenced while a window is active', () => {
  const index = silenceIndex([aSilence()])
  expect([999_999, 1_000_000, 8_199_999, 8_200_000].map((now) => index.isSilenced(alert, now))).toEqual([
    false,
    true,
    true,
    false,
  ])
})

test('clocks that are set back are followed', () => {
  const index = silenceIndex([aSilence()])
  expect([5e6, 9e6, 5e6, 0].map((now) => index.isSilenced(alert, now))).toEqual([true, false, true, false])
})

test('of several silences, the one that ends last comes first', () => {
  const index = silenceIndex([aSilence(), long])
  expect(index.silencesOf(alert, 2e6).map(({ id }) => id)).toEqual([long.id, aSilence().id])
  expect(index.silencesOf(alert, 8_500_000).map(({ id }) => id)).toEqual([long.id])
})

test('another node and a resolved alert are not silenced', () => {
  const index = silenceIndex([aSilence({ matchers: [aMatcher('node', '=~', 'web-.*')] })])
  expect(index.isSilenced(alert, 2e6)).toBe(false)
  const resolved = anAlert({ nodeId: 'web-1', phase: 'resolved', resolvedAt: 1 })
  expect(index.isSilenced(resolved, 2e6)).toBe(false)
})

test('it says when the next window begins or ends', () => {
  const index = silenceIndex([aSilence(), long])
  expect([0, 1e6, 8.5e6, 9e6].map((now) => index.unchangedUntil(now))).toEqual([1e6, 8.2e6, 9e6, Infinity])
  expect(noSilences.unchangedUntil(0)).toBe(Infinity)
})

test('a weekly window is found without delay: 2,000 alerts cost one computation', () => {
  const sunday = Date.parse('2027-01-03T01:30Z')
  const index = silenceIndex([aSilence({ schedule: aWeekly() })])
  const nodes = Array.from({ length: 2_000 }, () => index.isSilenced(alert, sunday))
  expect(nodes.every(Boolean)).toBe(true)
  expect(index.unchangedUntil(sunday)).toBe(Date.parse('2027-01-03T03:00Z'))
})
