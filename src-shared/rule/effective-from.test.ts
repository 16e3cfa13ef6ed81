import { expect, test } from 'vitest'
import { nextEffectiveFrom } from './effective-from.ts'

const now = 1_800_000_000_000

test.each([
  ['two seconds after the clock', undefined, 2000],
  ['two seconds after the clock, if the version before it is old', -1000, 2000],
  ['after a version that was saved just before', 1500, 3500],
  ['after a version of a clock that was set back since', 60_000, 62_000],
  ['soon, although the version before it is 43 minutes ahead', 43 * 60_000, 2000],
])('a version takes effect %s', (_, before, after) => {
  const version = before === undefined ? undefined : { effectiveFrom: now + before }
  expect(nextEffectiveFrom(now, version)).toBe(now + after)
})
