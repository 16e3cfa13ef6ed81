import { expect, test } from 'vitest'
import { ruleIndex } from '../rule/rule-index.ts'
import type { Rule } from '../rule/rule.ts'
import { anAlert } from '../alert/alert-builders.ts'
import { emptySeries } from './evaluate.ts'
import { adoptEpisode, afterLoss, evaluateWithBackend } from './unknown-start.ts'
import { aReading, anEagerRule, series, startAt, transitionWords, values } from './scenario.ts'
import type { Reading } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { SeriesState } from './series-state.ts'

const rule = anEagerRule()
const changed = { ...rule, version: 2, effectiveFrom: startAt + 1000 }

/** Continues from a state, without the records before the first one. */
function read(readings: readonly Reading[], rules: readonly Rule[] = [rule], from: SeriesState = emptySeries) {
  const transitions: Transition[] = []
  let state = from
  for (const reading of readings) {
    const [next, more] = evaluateWithBackend(state, series, { index: ruleIndex(rules), isStartUnknown: true }, reading)
    state = next
    transitions.push(...more)
  }
  const provisional = transitions.flatMap((t) => (t.kind === 'opened' ? [t.provisional ?? false] : []))
  return { state, provisional, words: transitionWords(transitions) }
}

test.each([
  ['at the first record', [90], [true]],
  ['after values that do not clear', [80, 80, 90], [true]],
  ['after a value that clears', [70, 90], [false]],
  ['twice: only the first start is unknown', [90, 70, 90], [true, false]],
])('a provisional alert opens %s', (_, list, expected) => {
  expect(read(values(...list)).provisional).toEqual(expected)
})

test('a rule that arrives late opens provisional alerts; one that arrives in time does not', () => {
  const before = read(values(70, 80, 80))
  const late = read([aReading(3, 90)], [rule, changed], before.state)
  expect(late.provisional).toEqual([true])
  const inTime = read([aReading(3, 90)], [rule, { ...changed, effectiveFrom: startAt + 3000 }], before.state)
  expect(inTime.provisional).toEqual([false])
})

test('an episode that continues under a late rule has an unknown start: the backend may be in another one', () => {
  const firing = read(values(70, 90, 90))
  const { state, words } = read([aReading(3, 90)], [rule, changed], firing.state)
  expect(words).toEqual(['3 rule-changed warning'])
  expect(state.startUnknown).toBe(true)
  const official = anAlert({ ruleVersion: 2, since: startAt + 2000 })
  expect(adoptEpisode(state, official, ruleIndex([rule]))?.episode).toMatchObject({
    phase: 'firing',
    alertId: official.id,
  })
})

test.each([
  ['under its own rule', {}],
  ['under another version', { ruleVersion: 2 }],
  ['under another rule', { ruleId: '11111111-1111-4111-8111-111111111111' }],
])('a series with an unknown start joins the official episode %s and ends it', (_, under) => {
  const official = anAlert({ ruleId: rule.id, since: startAt - 60_000, severity: 'critical', ...under })
  const { state } = read(values(80, 90))
  const adopted = adoptEpisode(state, official, ruleIndex([rule]))
  expect(adopted?.episode).toMatchObject({ phase: 'firing', alertId: official.id, severity: 'critical' })
  expect(adopted?.startUnknown).toBeUndefined()
  expect(read([aReading(2, 60)], [rule], adopted).words).toEqual(['2 resolved cleared'])
})

test.each([
  ['that began later', { since: startAt + 1 }],
  ['that had ended before', { phase: 'resolved', resolvedAt: startAt - 1 }],
  ['of kind no-data', { kind: 'no-data' }],
] as const)('an official alert %s is not joined', (_, change) => {
  const official = anAlert({ ruleId: rule.id, since: startAt - 60_000, ...change })
  expect(adoptEpisode(read(values(90)).state, official, ruleIndex([rule]))).toBeUndefined()
})

test('a series with a known start joins nothing', () => {
  const official = anAlert({ ruleId: rule.id, since: startAt - 60_000 })
  expect(adoptEpisode(read(values(70, 90)).state, official, ruleIndex([rule]))).toBeUndefined()
})

test('after records were lost, what is pending begins again, and an open alert stays open', () => {
  const slow = [anEagerRule({ forSeconds: 2 })]
  const pending = read(values(70, 90, 90), slow).state
  expect(pending.episode.phase).toBe('pending')
  expect(read([aReading(60, 90)], slow, afterLoss(pending, false)).words).toEqual(['60 pending'])
  const firing = read(values(70, 90, 90, 90, 90), slow).state
  expect(afterLoss(firing, false).episode).toMatchObject({ phase: 'firing', since: { at: startAt + 1000 } })
  expect([afterLoss(pending, true).startUnknown, afterLoss(pending, false).startUnknown]).toEqual([true, undefined])
})

test('after records were lost, a quiet series of a console without a backend is the same', () => {
  const { state } = read(values(70))
  const quiet = { ...state, episode: { phase: 'ok' } as const }
  expect(afterLoss(quiet, false)).toBe(quiet)
})
