import { expect, test } from 'vitest'
import { ruleIndex } from '../rule/rule-index.ts'
import type { Rule } from '../rule/rule.ts'
import { anAlert } from '../alert/alert-builders.ts'
import { emptySeries } from './evaluate.ts'
import { adoptEpisode, evaluateWithBackend, evaluateAtWithBackend } from './unknown-start.ts'
import { aReading, anEagerRule, series, startAt, transitionWords, values } from './scenario.ts'
import type { Reading } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { SeriesState } from './series-state.ts'

const rule = anEagerRule()
const changed = { ...rule, version: 2, effectiveFrom: startAt + 1000 }

/** Reads on from a state, with records before the first one that were not read. */
function read(readings: readonly Reading[], rules: readonly Rule[] = [rule], from: SeriesState = emptySeries) {
  const transitions: Transition[] = []
  let state = from
  for (const reading of readings) {
    const [next, more] = evaluateWithBackend(state, series, { index: ruleIndex(rules), isStartUnknown: true }, reading)
    state = next
    transitions.push(...more)
  }
  const provisional = transitions.flatMap((t) => (t.kind === 'opened' ? [t.provisional ?? false] : []))
  return { state, provisional, told: transitionWords(transitions) }
}

test.each([
  ['at the first record', [90], [true]],
  ['after values that do not prove that nothing was open', [80, 80, 90], [true]],
  ['after a value that clears', [70, 90], [false]],
  ['twice: only the first beginning is not known', [90, 70, 90], [true, false]],
])('an alert that opens %s', (_, list, expected) => {
  expect(read(values(...list)).provisional).toEqual(expected)
})

test('a rule that becomes known late opens provisional alerts; one that comes in time does not', () => {
  const before = read(values(70, 80, 80))
  const late = read([aReading(3, 90)], [rule, changed], before.state)
  expect(late.provisional).toEqual([true])
  const inTime = read([aReading(3, 90)], [rule, { ...changed, effectiveFrom: startAt + 3000 }], before.state)
  expect(inTime.provisional).toEqual([false])
})

test('the clock takes a firing series to a late rule with the same account', () => {
  const firing = read(values(70, 90, 90))
  const [state] = evaluateAtWithBackend(firing.state, series, ruleIndex([rule, changed]), startAt + 4000)
  expect(state.startUnknown).toBe(true)
  expect(read([aReading(5, 90)], [rule, changed], state).provisional).toEqual([true])
})

test('a series that may be in the middle of the official episode goes on in it, and ends it', () => {
  const official = anAlert({ ruleId: rule.id, since: startAt - 60_000, severity: 'critical' })
  const { state } = read(values(80, 90))
  const adopted = adoptEpisode(state, official)
  expect(adopted?.episode).toMatchObject({ phase: 'firing', alertId: official.id, severity: 'critical' })
  expect(adopted?.startUnknown).toBeUndefined()
  expect(read([aReading(2, 60)], [rule], adopted).told).toEqual(['2 resolved cleared'])
})

test.each([
  ['of another rule', { ruleId: '11111111-1111-4111-8111-111111111111' }],
  ['of another version', { ruleVersion: 2 }],
  ['that began later', { since: startAt + 1 }],
  ['that had ended before', { phase: 'resolved', resolvedAt: startAt - 1 }],
  ['of silence', { kind: 'no-data' }],
] as const)('an official alert %s is not the one that goes on', (_, change) => {
  const official = anAlert({ ruleId: rule.id, since: startAt - 60_000, ...change })
  expect(adoptEpisode(read(values(90)).state, official)).toBeUndefined()
})

test('a series whose episodes are known adopts nothing', () => {
  const official = anAlert({ ruleId: rule.id, since: startAt - 60_000 })
  expect(adoptEpisode(read(values(70, 90)).state, official)).toBeUndefined()
})
