import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ruleIndex } from '../rule/rule-index.ts'
import type { RuleIndex } from '../rule/rule-index.ts'
import { levelProblems } from '../rule/rule.ts'
import type { Rule } from '../rule/rule.ts'
import type { Alert } from '../alert/alert.ts'
import { applyTransition } from '../alert/apply-transition.ts'
import { emptySeries, evaluate, evaluateAt } from './evaluate.ts'
import type { Reading } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { SeriesState } from './series-state.ts'

const series = { nodeId: 'node-1', nodeName: 'Server-Alpha', metric: 'cpu_usage' }
const ids = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'] as const
const t0 = 1_800_000_000_000

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }
/** Optional fields are left out in a rule, never `undefined`. */
const withoutUndefined = <T extends object>(fields: T): Defined<T> => JSON.parse(JSON.stringify(fields)) as Defined<T>

const level = fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined })
const draft = fc
  .record({
    condition: fc.constantFrom('greater' as const, 'less' as const),
    warning: level,
    critical: level,
    clear: level,
    forSeconds: fc.constantFrom(0, 0, 2, 5),
    noDataSeconds: fc.constantFrom(undefined, 5, 20),
    enabled: fc.constantFrom(true, true, true, false),
    deleted: fc.constantFrom(false, false, false, true),
    own: fc.boolean(),
    effectiveFrom: fc.integer({ min: -10, max: 100 }),
  })
  .filter((rule) => levelProblems(withoutUndefined(rule)).length === 0)

/** Up to four versions of two rules, in force from before the first record to after the last. */
const rules = fc.array(fc.tuple(fc.constantFrom(...ids), draft), { minLength: 1, maxLength: 4 }).map((list) =>
  list.map(([id, { own, effectiveFrom, ...rest }], i): Rule => {
    const scope = own ? ({ kind: 'node', nodeId: 'node-1' } as const) : ({ kind: 'all' } as const)
    const version = list.slice(0, i + 1).filter(([other]) => other === id).length
    const from = i === 0 ? t0 - 10_000 : t0 + effectiveFrom * 1000
    const head = { id, version, scope, metric: 'cpu_usage', effectiveFrom: from, updatedBy: 'ada', updatedAt: from }
    return { ...head, ...withoutUndefined(rest) }
  }),
)

/** Mostly in order, a second or a few apart; sometimes late, now and then too late. */
const readings = fc
  .array(fc.tuple(fc.constantFrom(0, 1, 1, 1, 2, 7, 30, -1, -3, -200), fc.integer({ min: -1, max: 11 })), {
    maxLength: 80,
  })
  .map((steps) => {
    let second = 0
    return steps.map(([step, value], offset): Reading => {
      second += Math.max(0, step)
      const at = t0 + (step < 0 ? second + step : second) * 1000
      return { at, value, position: { topic: 'metrics-node-1', partition: 0, offset } }
    })
  })

type Step = { readonly state: SeriesState; readonly transitions: readonly Transition[] }

function run(index: RuleIndex, input: readonly Reading[], from: SeriesState = emptySeries): Step {
  const transitions: Transition[] = []
  let state = from
  for (const reading of input) {
    const [next, more] = evaluate(state, series, index, reading)
    state = next
    transitions.push(...more)
  }
  return { state, transitions }
}

/**
 * The same with a look at the clock before each reading, so many seconds ahead of it, or behind; `null`: none. The
 * clock may be set back between two looks. `bookAt`: what is known of the rules at the i-th reading.
 */
function runWithClock(
  bookAt: (i: number) => RuleIndex,
  input: readonly Reading[],
  ticks: ReadonlyArray<number | null>,
): Step {
  const transitions: Transition[] = []
  let state = emptySeries
  input.forEach((reading, i) => {
    const ahead = ticks[i % ticks.length] ?? null
    const index = bookAt(i)
    if (ahead !== null) {
      const now = reading.at + ahead * 1000
      const [ticked, more] = evaluateAt(state, series, index, now)
      state = ticked
      transitions.push(...more)
    }
    const [next, more] = evaluate(state, series, index, reading)
    state = next
    transitions.push(...more)
  })
  return { state, transitions }
}

/** From which reading on each version is known: some from the beginning, some long after they hold. */
const knownFrom = fc.array(fc.constantFrom(0, 0, 0, 5, 20, 60), { minLength: 4, maxLength: 4 })

function booksOf(versions: readonly Rule[], known: readonly number[]): (i: number) => RuleIndex {
  const books = new Map<string, RuleIndex>()
  return (i) => {
    const there = versions.filter((_, n) => (known[n] ?? 0) <= i)
    const key = there.map(({ id, version }) => `${id}@${version}`).join()
    const index = books.get(key) ?? ruleIndex(there)
    books.set(key, index)
    return index
  }
}

const ticks = fc.array(fc.constantFrom(null, null, -30, -2, 0, 2, 40), { minLength: 1, maxLength: 10 })
const reload = (state: SeriesState): SeriesState => JSON.parse(JSON.stringify(state)) as SeriesState
const many = { numRuns: 2000 }

test('any split into batches, with the state saved and loaded between them, gives the same', () => {
  fc.assert(
    fc.property(
      rules,
      readings,
      fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 20 }),
      (versions, input, sizes) => {
        const index = ruleIndex(versions)
        const transitions: Transition[] = []
        let state = emptySeries
        let rest = input
        for (const size of [...sizes, input.length]) {
          const step = run(index, rest.slice(0, size), reload(state))
          rest = rest.slice(size)
          state = step.state
          transitions.push(...step.transitions)
        }
        expect({ state, transitions }).toEqual(run(index, input))
      },
    ),
    many,
  )
})

test('a clock between the records does not make saving and loading matter', () => {
  fc.assert(
    fc.property(rules, readings, fc.nat(1000), (versions, input, wait) => {
      const index = ruleIndex(versions)
      const { state } = run(index, input)
      expect(evaluateAt(reload(state), series, index, t0 + wait * 1000)).toEqual(
        evaluateAt(state, series, index, t0 + wait * 1000),
      )
    }),
    many,
  )
})

test('a clock that is not ahead of the newest record tells nothing', () => {
  fc.assert(
    fc.property(rules, readings, fc.nat(300), (versions, input, behind) => {
      const index = ruleIndex(versions)
      const { state } = run(index, input)
      fc.pre(state.last !== null)
      expect(evaluateAt(state, series, index, (state.last?.at ?? 0) - behind * 1000)).toEqual([state, []])
    }),
    many,
  )
})

test('the order in which rule versions are known does not matter', () => {
  fc.assert(
    fc.property(rules, readings, (versions, input) => {
      expect(run(ruleIndex(versions.toReversed()), input)).toEqual(run(ruleIndex(versions), input))
    }),
    many,
  )
})

test('every episode has an id of its own, opens once and ends once, before the next one of its kind', () => {
  fc.assert(
    fc.property(rules, readings, ticks, knownFrom, (versions, input, when, known) => {
      const { transitions } = runWithClock(booksOf(versions, known), input, when)
      for (const kind of ['value', 'no-data'] as const) {
        const ends = transitions.filter((t) => t.alertKind === kind && (t.kind === 'opened' || t.kind === 'resolved'))
        const opened = ends.filter((t) => t.kind === 'opened').map((t) => t.alertId)
        expect(new Set(opened).size).toBe(opened.length)
        ends.forEach((t, i) => expect(t.kind).toBe(i % 2 === 0 ? 'opened' : 'resolved'))
        ends.forEach((t, i) => expect(i % 2 === 0 || t.alertId === ends[i - 1]?.alertId).toBe(true))
      }
    }),
    many,
  )
})

test('alerts built from the transitions fire exactly while the state does, at the same severity', () => {
  fc.assert(
    fc.property(rules, readings, ticks, knownFrom, (versions, input, when, known) => {
      const { state, transitions } = runWithClock(booksOf(versions, known), input, when)
      const alerts = new Map<string, Alert | undefined>()
      for (const t of transitions) alerts.set(t.alertId, applyTransition(alerts.get(t.alertId), t))
      const firing = [...alerts.values()].filter((alert) => alert?.phase === 'firing').map((a) => [a?.id, a?.severity])
      const expected = [
        ...(state.episode.phase === 'firing' ? [[state.episode.alertId, state.episode.severity]] : []),
        ...(state.noData.phase === 'firing' ? [[state.noData.alertId, 'critical']] : []),
      ]
      expect(firing.toSorted()).toEqual(expected.toSorted())
    }),
    many,
  )
})

test('the clock changes nothing in the value episodes of a rule that stays', () => {
  fc.assert(
    fc.property(rules, readings, ticks, (versions, input, when) => {
      const index = ruleIndex(versions.slice(0, 1))
      const ofValues = ({ transitions }: Step) => transitions.filter((t) => t.alertKind === 'value')
      expect(ofValues(runWithClock(() => index, input, when))).toEqual(ofValues(run(index, input)))
    }),
    many,
  )
})

test('applying every transition twice gives the same alerts as once', () => {
  fc.assert(
    fc.property(rules, readings, ticks, knownFrom, (versions, input, when, known) => {
      const { transitions } = runWithClock(booksOf(versions, known), input, when)
      const once = new Map<string, Alert | undefined>()
      const twice = new Map<string, Alert | undefined>()
      for (const t of transitions) once.set(t.alertId, applyTransition(once.get(t.alertId), t))
      for (const t of [...transitions, ...transitions]) twice.set(t.alertId, applyTransition(twice.get(t.alertId), t))
      const ended = ([, alert]: [string, Alert | undefined]) => alert?.phase === 'resolved'
      expect([...twice].filter(ended)).toEqual([...once].filter(ended))
    }),
    many,
  )
})
