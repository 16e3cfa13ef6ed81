import { expect, test, vi } from 'vitest'
import { anAlert } from '../alert/alert-builders.ts'
import { aSilence } from './silence-builders.ts'
import { silenceIndex } from './silence-index.ts'
import { silencedNow } from './silenced-now.ts'

/** node-1 is silenced from 1,000 s to 8,200 s. */
const counting = () => {
  const index = silenceIndex([aSilence()])
  const isSilenced = vi.fn(index.isSilenced)
  return { isSilenced, ask: silencedNow({ ...index, isSilenced }) }
}

test.each([
  [999_999, false],
  [1_000_000, true],
  [8_199_999, true],
  [8_200_000, false],
])('at %d: %s, as the index says', (now, expected) => {
  expect(counting().ask(anAlert(), now)).toBe(expected)
})

test('an alert is matched once, until it changes', () => {
  const { isSilenced, ask } = counting()
  const alert = anAlert()
  for (let now = 1_000_000; now < 1_100_000; now += 1000) ask(alert, now)
  expect([ask({ ...alert }, 1_100_000), isSilenced.mock.calls.length]).toEqual([true, 2])
})

test('follows the windows, and a clock that is set back', () => {
  const { ask } = counting()
  const alert = anAlert()
  const at = (now: number): boolean => ask(alert, now)
  expect([at(2_000_000), at(8_200_000), at(2_000_000), at(10), at(1_000_000)]).toEqual([true, false, true, false, true])
})

test('an alert that resolves is not silenced any more', () => {
  const { ask } = counting()
  const alert = anAlert()
  expect([ask(alert, 2_000_000), ask({ ...alert, phase: 'resolved', resolvedAt: 2 }, 2_000_000)]).toEqual([true, false])
})
