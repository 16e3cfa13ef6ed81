import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ruleIndex } from '../rule/rule-index.ts'
import type { RuleIndex } from '../rule/rule-index.ts'
import { levelProblems } from '../rule/rule.ts'
import type { MetricRule, OfflineRule, Rule } from '../rule/rule.ts'
import type { NodeAlert } from '../alert/alert.ts'
import { applyTransition } from '../alert/apply-transition.ts'
import { wholeNode } from '../alert/series.ts'
import { emptySeries, evaluate, evaluateAt } from './evaluate.ts'
import { evaluateNode } from './node-series.ts'
import type { Reading, RuleRef } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { SeriesState } from './series-state.ts'

const series = { nodeId: 'node-1', nodeName: 'Server-Alpha', metric: 'cpu_usage' }
const ids = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'] as const
const t0 = 1_800_000_000_000

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }
/** Rules omit optional fields; they are never `undefined`. */
const withoutUndefined = <T extends object>(fields: T): Defined<T> => JSON.parse(JSON.stringify(fields)) as Defined<T>

const level = fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined })
const draft = fc
  .record({
    condition: fc.constantFrom('greater' as const, 'less' as const),
    warning: level,
    critical: level,
    clear: level,
    forSeconds: fc.constantFrom(0, 0, 2, 5),
    holdSeconds: fc.constantFrom(undefined, undefined, 2, 6),
    findsFlapping: fc.constantFrom(undefined, false, true),
    noDataSeconds: fc.constantFrom(undefined, 5, 20),
    enabled: fc.constantFrom(true, true, true, false),
    deleted: fc.constantFrom(false, false, false, true),
    own: fc.boolean(),
    effectiveFrom: fc.integer({ min: -10, max: 100 }),
  })
  .filter((rule) => levelProblems(withoutUndefined(rule)).length === 0)

/** Up to four versions of two rules, in effect from before the first record to after the last. */
const rules = fc.array(fc.tuple(fc.constantFrom(...ids), draft), { minLength: 1, maxLength: 4 }).map((list) =>
  list.map(([id, { own, effectiveFrom, ...rest }], i): MetricRule => {
    const scope = own ? ({ kind: 'node', nodeId: 'node-1' } as const) : ({ kind: 'all' } as const)
    const version = list.slice(0, i + 1).filter(([other]) => other === id).length
    const from = i === 0 ? t0 - 10_000 : t0 + effectiveFrom * 1000
    const head = { id, version, scope, metric: 'cpu_usage', effectiveFrom: from, updatedBy: 'ada', updatedAt: from }
    return { ...head, ...withoutUndefined(rest) }
  }),
)

const offlineRules = fc
  .array(
    fc.record({
      id: fc.constantFrom(...ids),
      own: fc.boolean(),
      seconds: fc.constantFrom(5, 20),
      severity: fc.constantFrom('warning' as const, 'critical' as const),
      enabled: fc.constantFrom(true, true, true, false),
      deleted: fc.constantFrom(false, false, false, true),
      effectiveFrom: fc.integer({ min: -10, max: 100 }),
    }),
    { maxLength: 4 },
  )
  .map((list) =>
    list.map(({ id, own, effectiveFrom, ...rest }, i): OfflineRule => {
      const scope = own ? ({ kind: 'node', nodeId: 'node-1' } as const) : ({ kind: 'all' } as const)
      const version = list.slice(0, i + 1).filter((other) => other.id === id).length
      const from = i === 0 ? t0 - 10_000 : t0 + effectiveFrom * 1000
      const head = { kind: 'offline', id: id.replaceAll('-4', '-5'), updatedBy: 'ada', updatedAt: from } as const
      return { ...head, version, scope, effectiveFrom: from, ...rest }
    }),
  )

/** Rules of the metric and of the node. */
const allRules = fc.tuple(rules, offlineRules).map(([ofMetric, ofNode]): Rule[] => [...ofMetric, ...ofNode])

/** Mostly in order, a second or a few apart. Some are late, a few of them too late. */
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

/** State of the series and of its node. */
interface States {
  readonly metric: SeriesState
  readonly node: SeriesState
}
type Step = { readonly state: States; readonly transitions: readonly Transition[] }

const start: States = { metric: emptySeries, node: emptySeries }
const nodeSeries = { ...series, metric: wholeNode }

/** Some records of the node have another metric alone. */
const isOfOther = ({ position }: Reading) => position.offset % 5 === 4

function read({ metric, node }: States, index: RuleIndex, reading: Reading): Step {
  const [nextNode, ofNode] = evaluateNode(node, nodeSeries, reading)
  const [nextMetric, ofMetric] = isOfOther(reading) ? [metric, []] : evaluate(metric, series, index, reading)
  return { state: { metric: nextMetric, node: nextNode }, transitions: [...ofNode, ...ofMetric] }
}

function tick({ metric, node }: States, index: RuleIndex, now: number): Step {
  const [nextNode, ofNode] = evaluateAt(node, nodeSeries, index, { now })
  const [nextMetric, ofMetric] = evaluateAt(metric, series, index, { now, node: nextNode })
  return { state: { metric: nextMetric, node: nextNode }, transitions: [...ofNode, ...ofMetric] }
}

function run(index: RuleIndex, input: readonly Reading[], from: States = start): Step {
  const transitions: Transition[] = []
  let state = from
  for (const reading of input) {
    const step = read(state, index, reading)
    state = step.state
    transitions.push(...step.transitions)
  }
  return { state, transitions }
}

/**
 * Evaluates the clock before each reading, so many seconds ahead of it or behind; `null`: not at all. The clock may be
 * set back between two readings. `bookAt`: the rule versions known at the i-th reading.
 */
function runWithClock(
  bookAt: (i: number) => RuleIndex,
  input: readonly Reading[],
  ticks: ReadonlyArray<number | null>,
): Step {
  const transitions: Transition[] = []
  let state = start
  input.forEach((reading, i) => {
    const ahead = ticks[i % ticks.length] ?? null
    const index = bookAt(i)
    if (ahead !== null) {
      const ticked = tick(state, index, reading.at + ahead * 1000)
      state = ticked.state
      transitions.push(...ticked.transitions)
    }
    const step = read(state, index, reading)
    state = step.state
    transitions.push(...step.transitions)
  })
  return { state, transitions }
}

/** The reading from which each version is known: some from the beginning, some long after they took effect. */
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
const reload = (state: States): States => JSON.parse(JSON.stringify(state)) as States
const isVersion = (rule: Rule, ref?: RuleRef) => rule.id === ref?.id && rule.version === ref.version
const many = { numRuns: 2000 }

test('any split into batches, with the state saved and loaded between them, gives the same transitions', () => {
  fc.assert(
    fc.property(
      allRules,
      readings,
      fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 20 }),
      (versions, input, sizes) => {
        const index = ruleIndex(versions)
        const transitions: Transition[] = []
        let state = start
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

test('saving and loading change nothing with a clock between the records', () => {
  fc.assert(
    fc.property(allRules, readings, fc.nat(1000), (versions, input, wait) => {
      const index = ruleIndex(versions)
      const { state } = run(index, input)
      const at = t0 + wait * 1000
      expect(tick(reload(state), index, at)).toEqual(tick(state, index, at))
    }),
    many,
  )
})

test('a clock that is not ahead of the newest record gives no transitions', () => {
  fc.assert(
    fc.property(allRules, readings, fc.nat(300), (versions, input, behind) => {
      const index = ruleIndex(versions)
      const { state } = run(index, input)
      fc.pre(state.metric.last !== null)
      const newest = Math.min(state.metric.last?.at ?? 0, state.node.last?.at ?? 0)
      const { transitions } = tick(state, index, newest - behind * 1000)
      expect(transitions.filter((t) => t.alertKind !== 'no-data')).toEqual([])
    }),
    many,
  )
})

test('the order in which rule versions arrive does not matter', () => {
  fc.assert(
    fc.property(allRules, readings, (versions, input) => {
      expect(run(ruleIndex(versions.toReversed()), input)).toEqual(run(ruleIndex(versions), input))
    }),
    many,
  )
})

test('every episode has its own id, opens once and ends once, before the next one of its kind', () => {
  fc.assert(
    fc.property(allRules, readings, ticks, knownFrom, (versions, input, when, known) => {
      const { transitions } = runWithClock(booksOf(versions, known), input, when)
      for (const kind of ['value', 'no-data', 'offline'] as const) {
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

test('alerts built from the transitions fire exactly while the state fires, at the same severity', () => {
  fc.assert(
    fc.property(allRules, readings, ticks, knownFrom, (versions, input, when, known) => {
      const { state, transitions } = runWithClock(booksOf(versions, known), input, when)
      const alerts = new Map<string, NodeAlert | undefined>()
      for (const t of transitions) alerts.set(t.alertId, applyTransition(alerts.get(t.alertId), t))
      const firing = [...alerts.values()].filter((alert) => alert?.phase === 'firing').map((a) => [a?.id, a?.severity])
      const { episode, noData } = state.metric
      const offline = state.node.noData
      const rule = offline.phase === 'firing' ? versions.find((one) => isVersion(one, offline.rule)) : undefined
      const expected = [
        ...(episode.phase === 'firing' ? [[episode.alertId, episode.severity]] : []),
        ...(noData.phase === 'firing' ? [[noData.alertId, 'critical']] : []),
        ...(offline.phase === 'firing' ? [[offline.alertId, (rule as OfflineRule).severity]] : []),
      ]
      expect(firing.toSorted()).toEqual(expected.toSorted())
    }),
    many,
  )
})

test('the clock does not change value episodes while the rule stays the same', () => {
  fc.assert(
    fc.property(allRules, readings, ticks, (versions, input, when) => {
      const index = ruleIndex(versions.slice(0, 1))
      const ofValues = ({ transitions }: Step) => transitions.filter((t) => t.alertKind === 'value')
      expect(ofValues(runWithClock(() => index, input, when))).toEqual(ofValues(run(index, input)))
    }),
    many,
  )
})

test('applying every transition twice gives the same alerts as once', () => {
  fc.assert(
    fc.property(allRules, readings, ticks, knownFrom, (versions, input, when, known) => {
      const { transitions } = runWithClock(booksOf(versions, known), input, when)
      const once = new Map<string, NodeAlert | undefined>()
      const twice = new Map<string, NodeAlert | undefined>()
      for (const t of transitions) once.set(t.alertId, applyTransition(once.get(t.alertId), t))
      for (const t of [...transitions, ...transitions]) twice.set(t.alertId, applyTransition(twice.get(t.alertId), t))
      const ended = ([, alert]: [string, NodeAlert | undefined]) => alert?.phase === 'resolved'
      expect([...twice].filter(ended)).toEqual([...once].filter(ended))
    }),
    many,
  )
})

test('no sequence of edits and overrides ends an episode whose value breaches every one of them', () => {
  fc.assert(
    fc.property(rules, readings, (versions, input) => {
      const all = versions.map((rule, i): Rule => {
        const { clear: _clear, ...rest } = rule as MetricRule
        const scope = i === 0 || rule.id === versions[0]?.id ? ({ kind: 'all' } as const) : rule.scope
        const isDeleted = rule.deleted && scope.kind === 'node'
        return {
          ...rest,
          scope,
          condition: 'greater',
          warning: 11,
          critical: 12 + i,
          enabled: true,
          deleted: isDeleted,
        }
      })
      const breaching = input.map((reading) => ({ ...reading, value: reading.value + 13 }))
      const { transitions } = run(ruleIndex(all), breaching)
      const ids = transitions.map(({ alertId }) => alertId)
      expect(new Set(ids).size).toBeLessThanOrEqual(1)
      expect(transitions.filter(({ kind }) => kind === 'resolved')).toEqual([])
    }),
    many,
  )
})
