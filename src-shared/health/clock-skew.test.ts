import { expect, test } from 'vitest'
import {
  clockSkewText,
  noSkew,
  readingOfAnswer,
  readingOfAppend,
  readingOfNodes,
  skewAt,
  withReading,
  type ClockReading,
  type ClockSkew,
  type ClockSource,
} from './clock-skew.ts'

const t0 = 1_764_000_000_000
const second = 1000

/** What is shown, in seconds, after each reading; one every 15 s. `null`: nothing. */
function shown(skews: readonly number[], uncertainty = 0.01): Array<number | null> {
  let state: ClockSkew = noSkew
  return skews.map((skew, n) => {
    const at = t0 + n * 15 * second
    const reading: ClockReading = { skewMs: skew * second, uncertaintyMs: uncertainty * second, at, source: 'answer' }
    state = withReading(state, reading)
    const shownMs = skewAt(state, at)
    return shownMs === undefined ? null : shownMs / second
  })
}

test.each([
  ['a small skew is never shown', [4.9, 4.9, -4.9, 4.9, 4.9], [null, null, null, null, null]],
  ['a larger one is shown after three readings', [6, 6, 6, 6], [null, null, 6, 6]],
  ['so is a clock that is behind', [-90, -90, -90], [null, null, -90]],
  ['one odd reading shows nothing', [0, 60, 0, 60, 60, 0], [null, null, null, null, null, null]],
  ['a skew around the limit does not flap', [6, 6, 6, 4.5, 5.5, 4.5, 5.2], [null, null, 6, 6, 6, 6, 6]],
  ['it is over when three readings are right', [9, 9, 9, 0, 0, 0, 0], [null, null, 9, 9, 9, null, null]],
  ['one right reading ends nothing', [9, 9, 9, 0, 9, 0, 9], [null, null, 9, 9, 9, 9, 9]],
  ['the number follows a step of the clock', [9, 9, 9, 3600, 3600, -30], [null, null, 9, 3600, 3600, -30]],
  ['the number does not follow every second of a drift', [60, 60, 60, 61, 64, 67], [null, null, 60, 60, 60, 67]],
])('%s', (_what, skews, expected) => {
  expect(shown(skews).map((value) => (value === null ? null : Math.round(value)))).toEqual(expected)
})

test('answers that take too long to tell neither show nor hide anything', () => {
  expect(shown([8, 8, 8, 8], 4)).toEqual([null, null, null, null])
  let state: ClockSkew = { ...noSkew, shownMs: 9 * second, at: t0 }
  for (let n = 1; n <= 5; n++) {
    state = withReading(state, { skewMs: 0, uncertaintyMs: 9 * second, at: t0 + n * second, source: 'answer' })
  }
  expect(state.shownMs).toBe(9 * second)
})

test('what was read long ago, or at a time that a clock set back has not reached, is forgotten', () => {
  const skew: ClockSkew = { ...noSkew, shownMs: 9 * second, at: t0 }
  expect([skewAt(skew, t0 + 299 * second), skewAt(skew, t0 + 301 * second), skewAt(skew, t0 - 3600 * second)]).toEqual([
    9 * second,
    undefined,
    undefined,
  ])
})

test('a question and its answer tell the skew as exactly as the answer is fast', () => {
  expect(readingOfAnswer(t0, t0 + 40, t0 + 20)).toMatchObject({ skewMs: 0, uncertaintyMs: 20, at: t0 + 40 })
  expect(readingOfAnswer(t0, t0 + 40, t0 - 9_980)).toMatchObject({ skewMs: 10_000, uncertaintyMs: 20 })
})

test('a record stamped by its broker tells it within the time that it may take', () => {
  expect(readingOfAppend(t0, t0 + 100, 1000)).toMatchObject({ skewMs: -400, uncertaintyMs: 500, at: t0 + 100 })
  expect(readingOfAppend(t0 + 60_000, t0 + 100, 1000).skewMs).toBe(-60_400)
})

test.each([
  ['most nodes agree, and one is odd', [7_000, 7_400, 7_200, -3_600_000], 6_200],
  ['there are only two', [7_000, 7_000], undefined],
  ['they do not agree', [0, 7_000, 60_000, 120_000], undefined],
])('nodes tell the skew: %s', (_what, aheadMs, skewMs) => {
  expect(readingOfNodes(aheadMs, t0, 2_000)?.skewMs).toBe(skewMs)
})

test('the sentence says which clock, how much, and in which direction', () => {
  const text = (skewMs: number, source: ClockSource) => clockSkewText(skewMs, source).replaceAll('\u202f', ' ')
  expect(text(12_400, 'answer')).toMatch(
    /^The clock of this computer is 12 s ahead of the clock of Kafka\. Set the wrong/,
  )
  expect(text(-3_720_000, 'append')).toMatch(/is 1 h 2 m behind the clock of Kafka\./)
  expect(text(-9_000, 'nodes')).toMatch(/is 9 s behind those of most nodes\. Set it right/)
})
