import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NodeAlert } from '../alert/alert.ts'
import { applyTransition } from '../alert/apply-transition.ts'
import type { Transition } from '../alert/transition.ts'
import { ruleIndex } from '../rule/rule-index.ts'
import type { MetricRule } from '../rule/rule.ts'
import { emptySeries, evaluate } from './evaluate.ts'
import { quietBounds } from './quiet.ts'
import { anEagerRule, aReading, runScenario, series } from './scenario.ts'
import type { SeriesState } from './series-state.ts'

const many = { numRuns: 2000 }

/** Levels 7, 9 and 4, some of them absent. */
const rules = fc
  .record({
    levels: fc.constantFrom(
      { warning: 7, critical: 9, clear: 4 },
      { warning: 7, critical: 9 },
      { critical: 9, clear: 4 },
    ),
    forSeconds: fc.constantFrom(0, 0, 60),
    holdSeconds: fc.constantFrom(0, 0, 60, 240),
    edit: fc.option(fc.record({ from: fc.nat(3600), findsFlapping: fc.boolean(), clear: fc.constantFrom(3, 4) })),
  })
  .map(({ levels, edit, ...own }): MetricRule[] => {
    const { warning: _w, critical: _c, clear: _l, ...rest } = anEagerRule()
    const first = { ...rest, ...levels, ...own, findsFlapping: true }
    if (edit === null) return [first]
    const { from, ...change } = edit
    return [first, { ...first, ...change, version: 2, effectiveFrom: aReading(from, 0).at, updatedBy: 'ben' }]
  })

/** A minute apart, with late records and pauses; often up and down, or steady for long. */
const readings = fc
  .array(
    fc.oneof(
      fc.constantFrom([8, 1, 8, 1, 8], [10, 6, 10, 6], [10, 1, 8, 1]),
      fc.tuple(fc.constantFrom(1, 5, 8, 10), fc.nat(14)).map(([value, count]) => new Array<number>(count).fill(value)),
      fc.array(fc.constantFrom(1, 3, 5, 6, 8, 10), { maxLength: 5 }),
    ),
    { maxLength: 16 },
  )
  .chain((segments) => {
    const values = segments.flat()
    const steps = fc.array(fc.constantFrom(60, 60, 60, 60, 60, 60, 61, 400, -1), {
      minLength: values.length,
      maxLength: values.length,
    })
    return steps.map((list) => {
      let second = 0
      return values.map((value, offset) => {
        const step = list[offset] ?? 60
        second += Math.max(0, step)
        return aReading(step < 0 ? second + step : second, value, offset)
      })
    })
  })

test('a restart after any record changes nothing, in any batches', () => {
  fc.assert(
    fc.property(rules, readings, (versions, input) => {
      const index = ruleIndex(versions)
      const transitions: Transition[] = []
      let state = emptySeries
      for (const reading of input) {
        const [next, more] = evaluate(JSON.parse(JSON.stringify(state)) as SeriesState, series, index, reading)
        state = next
        transitions.push(...more)
      }
      const whole = runScenario(index, input)
      expect({ state, transitions }).toEqual({ state: whole.state, transitions: whole.transitions })
    }),
    many,
  )
})

test('a flapping alert says nothing but that it has become critical, settles or ends', () => {
  fc.assert(
    fc.property(rules, readings, (versions, input) => {
      let alert: NodeAlert | undefined
      for (const t of runScenario(ruleIndex(versions), input).transitions) {
        if (alert?.flappingSince !== undefined && alert.phase === 'firing' && t.alertId === alert.id) {
          expect(['flapping', 'settled', 'resolved', 'rule-changed']).toContain(t.kind)
          // One notice for each period, and one more for a warning that becomes critical.
          if (t.kind === 'flapping') expect([alert.severity, t.severity]).toEqual(['warning', 'critical'])
        }
        alert = applyTransition(t.kind === 'opened' ? undefined : alert, t)
      }
    }),
    many,
  )
})

test('alerts built from the transitions flap exactly while the state does, at the same severity', () => {
  fc.assert(
    fc.property(rules, readings, (versions, input) => {
      const { state, transitions } = runScenario(ruleIndex(versions), input)
      const alerts = new Map<string, NodeAlert | undefined>()
      for (const t of transitions) alerts.set(t.alertId, applyTransition(alerts.get(t.alertId), t))
      const open = [...alerts.values()].filter((alert) => alert?.phase === 'firing')
      const { episode } = state
      const expected =
        episode.phase === 'firing' ? [[episode.alertId, episode.severity, episode.flapping !== undefined]] : []
      expect(open.map((alert) => [alert?.id, alert?.severity, alert?.flappingSince !== undefined])).toEqual(expected)
    }),
    many,
  )
})

test('within ten minutes an operator gets at most five changes, and the end of a flapping alert', () => {
  fc.assert(
    fc.property(rules, readings, ([rule], input) => {
      const { transitions } = runScenario(ruleIndex([rule as MetricRule]), input)
      const counted = transitions.filter(({ kind }) => ['opened', 'escalated', 'eased', 'resolved'].includes(kind))
      // Event times of late records are older than those at which their changes count: by a second.
      counted.slice(6).forEach(({ at }, i) => expect(at - (counted[i]?.at ?? 0)).toBeGreaterThan(598_000))
    }),
    many,
  )
})

test('the values that quiet bounds allow to skip change nothing', () => {
  fc.assert(
    fc.property(rules, readings, (versions, input) => {
      const index = ruleIndex(versions)
      let skipped = emptySeries
      let stepped = emptySeries
      for (const reading of input) {
        const bounds = quietBounds(skipped, series, index)
        const last = skipped.last
        const isQuiet =
          bounds !== undefined &&
          last !== null &&
          reading.at >= last.at &&
          reading.at < bounds.until &&
          reading.at - last.at < bounds.noDataMs &&
          reading.value <= bounds.above &&
          reading.value >= bounds.below
        const next = evaluate(stepped, series, index, reading)
        stepped = next[0]
        const anchor = { at: reading.at, position: reading.position }
        if (isQuiet) expect(next[1]).toEqual([])
        skipped = isQuiet ? { ...skipped, last: anchor } : evaluate(skipped, series, index, reading)[0]
        expect(skipped).toEqual(stepped)
      }
    }),
    many,
  )
})
