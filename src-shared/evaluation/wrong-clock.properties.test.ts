import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Reading } from '../alert/series.ts'
import { wholeNode } from '../alert/series.ts'
import { anOfflineRule } from '../rule/rule-builders.ts'
import { ruleIndex } from '../rule/rule-index.ts'
import { emptySeries, evaluateAt } from './evaluate.ts'
import { evaluateNode } from './node-series.ts'
import { aReading, anEagerRule, runScenario, series, startAt, transitionWords } from './scenario.ts'

const index = ruleIndex([anEagerRule({ forSeconds: 120, noDataSeconds: 60 })])

/** A record that the node wrote when it measured it, by its own clock. */
function written(second: number, value: number, offset: number): Reading {
  const reading = aReading(second, value, offset)
  return { ...reading, recordedAt: reading.at }
}

/** One record each 5 s: `clock` is how far ahead the clock is, in seconds, for each of them. */
function story(clocks: readonly number[], valueOf: (i: number) => number, from = 0): Reading[] {
  return clocks.map((clock, i) => written(5 * (from + i) + clock, valueOf(i), from + i))
}

const minutes = (count: number): number => 60 * count
/** Long excursions, short ones, and clocks that are wrong by more than the allowed lateness in both directions. */
const excursion = fc.record({
  clock: fc.oneof(fc.integer({ min: 130, max: 10_000 }), fc.integer({ min: -10_000, max: -130 })),
  records: fc.integer({ min: 1, max: 40 }),
})

describe('a clock that is wrong for a while', () => {
  test('does not hide the values after it: ten records 50 minutes ahead, then 99 % for five minutes', () => {
    const ahead = story(Array<number>(10).fill(minutes(50)), () => 20)
    const right = story(Array<number>(60).fill(0), () => 99, 10)
    expect(runScenario(index, [...ahead, ...right]).words).toEqual(['50 pending', '170 opened critical'])
  })

  test('never delays an alert by more than its `for`, wherever it is wrong and for how long', () => {
    fc.assert(
      fc.property(fc.array(excursion, { maxLength: 3 }), fc.nat(30), (excursions, right) => {
        const clocks = excursions.flatMap(({ clock, records }) => [
          ...Array<number>(records).fill(clock),
          ...Array<number>(right).fill(0),
        ])
        const before = story(clocks, () => 20)
        const after = story(Array<number>(40).fill(0), () => 99, clocks.length)
        const { words } = runScenario(index, [...before, ...after])
        const from = 5 * clocks.length
        expect(words).toEqual([`${from} pending`, `${from + 120} opened critical`])
      }),
      { numRuns: 300 },
    )
  })

  test('lets an open alert stay open, and resolves it at the first value that clears', () => {
    const firing = story(Array<number>(30).fill(minutes(50)), () => 99)
    const still = story(Array<number>(5).fill(0), () => 99, 30)
    const cleared = story([0], () => 20, 35)
    expect(runScenario(index, [...firing, ...still]).words).toHaveLength(2)
    expect(runScenario(index, [...firing, ...still, ...cleared]).words.at(-1)).toBe('175 resolved cleared')
  })

  test('a pending value starts anew when the clock is set back, because its start lies ahead', () => {
    const ahead = story(Array<number>(5).fill(minutes(50)), () => 99)
    const right = story(Array<number>(25).fill(0), () => 99, 5)
    expect(runScenario(index, [...ahead, ...right]).words).toEqual([
      `${minutes(50)} pending`,
      '25 pending',
      '145 opened critical',
    ])
  })

  test('gives the same transitions wherever the state was stored in between', () => {
    fc.assert(
      fc.property(fc.array(excursion, { maxLength: 3 }), fc.nat(100), (excursions, cut) => {
        const clocks = excursions.flatMap(({ clock, records }) => [...Array<number>(records).fill(clock), 0, 0, 0])
        const readings = story(clocks, (i) => (i % 7 < 4 ? 99 : 20))
        const whole = runScenario(index, readings)
        const first = runScenario(index, readings.slice(0, cut))
        const stored = JSON.parse(JSON.stringify(first.state)) as typeof first.state
        const rest = runScenario(index, readings.slice(cut), stored)
        expect([...first.transitions, ...rest.transitions]).toEqual(whole.transitions)
        expect(rest.state).toEqual(whole.state)
      }),
      { numRuns: 300 },
    )
  })
})

test('a node that stops right after a record from the future is offline after the time of the rule', () => {
  const node = { ...series, metric: wholeNode }
  const rules = ruleIndex([anOfflineRule()])
  const [state] = evaluateNode(emptySeries, node, written(minutes(50), 20, 0))
  const receivedAt = startAt
  expect(evaluateAt(state, node, rules, { now: receivedAt + 59_999, receivedAt })[1]).toEqual([])
  const [, opened] = evaluateAt(state, node, rules, { now: receivedAt + 60_000, receivedAt })
  expect(transitionWords(opened)).toHaveLength(1)
})

test('a node whose clock is set back is not offline, and is watched from there', () => {
  const node = { ...series, metric: wholeNode }
  const rules = ruleIndex([anOfflineRule()])
  const readings = [written(minutes(50), 20, 0), written(minutes(50) + 5, 20, 1), written(10, 20, 2), written(15, 20, 3)]
  const state = readings.reduce((before, reading) => evaluateNode(before, node, reading)[0], emptySeries)
  expect(state.last?.at).toBe(startAt + 15_000)
  expect(evaluateAt(state, node, rules, { now: startAt + 74_999 })[1]).toEqual([])
  expect(transitionWords(evaluateAt(state, node, rules, { now: startAt + 75_000 })[1])).toEqual([
    '75 offline opened critical',
  ])
})

test('records that were sent long after they were measured stay without effect while the series goes on', () => {
  const live = story(Array<number>(40).fill(0), () => 20)
  const late = live.map((reading, i) => ({ ...reading, at: startAt - minutes(60) * 1000 + i, value: 99 }))
  const mixed = live.flatMap((reading, i) => [reading, late[i] as Reading])
  expect(runScenario(index, mixed).words).toEqual([])
})
