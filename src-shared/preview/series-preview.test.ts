import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wholeNode } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import { emptySeries, evaluate, evaluateAt } from '../evaluation/evaluate.ts'
import { evaluateNode } from '../evaluation/node-series.ts'
import { aReading, levels, series, startAt } from '../evaluation/scenario.ts'
import { anOfflineRule } from '../rule/rule-builders.ts'
import { ruleIndex } from '../rule/rule-index.ts'
import { AbsencePreview } from './absence-preview.ts'
import { SeriesPreview, type PreviewAlert } from './series-preview.ts'

const rule = fc.record({
  forSeconds: fc.constantFrom(0, 3),
  holdSeconds: fc.constantFrom(0, 4),
  critical: fc.constantFrom(9, 11),
  condition: fc.constant('greater' as const),
})

/** The alerts by transitions, as the evaluator gives them value by value. */
function alertsOf(transitions: readonly Transition[]): PreviewAlert[] {
  const alerts = new Map<string, PreviewAlert>()
  for (const t of transitions) {
    if (t.kind === 'opened') alerts.set(t.alertId, { from: t.at, to: null, severity: t.severity, value: t.value })
    const alert = alerts.get(t.alertId)
    if (alert && t.kind === 'escalated') alerts.set(t.alertId, { ...alert, severity: 'critical' })
    if (alert && t.kind === 'resolved') alerts.set(t.alertId, { ...alert, to: t.at })
  }
  return [...alerts.values()]
}

test('blocks of values that are passed by their summary give the alerts that the evaluator gives value by value', () => {
  const value = fc.constantFrom(1, 1, 1, 1, 3, 5, 8, 8, 10)
  const blocks = fc.array(fc.array(value, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(rule, blocks, (own, all) => {
      const index = ruleIndex([levels({ warning: 7, clear: 4, ...own, effectiveFrom: 0 })])
      const preview = new SeriesPreview(series, index, startAt)
      const transitions: Transition[] = []
      let state = emptySeries
      let second = 0
      let skipped = 0
      for (const block of all) {
        const readings = block.map((one) => aReading(second++, one))
        const until = readings.at(-1)?.at ?? 0
        const isSkipped = preview.skip({ min: Math.min(...block), max: Math.max(...block), until })
        if (isSkipped) skipped++
        else for (const { at, value: one } of readings) preview.value(at, one)
        for (const reading of readings) {
          const [next, more] = evaluate(state, series, index, reading)
          state = next
          transitions.push(...more)
        }
      }
      expect(preview.alerts()).toEqual(alertsOf(transitions))
      expect(skipped).toBeLessThanOrEqual(all.length)
    }),
    { numRuns: 2000 },
  )
})

test('values that stay below the levels are passed by their summary', () => {
  const index = ruleIndex([levels({ warning: 7, clear: 4, effectiveFrom: 0 })])
  const preview = new SeriesPreview(series, index, startAt)
  expect(preview.skip({ min: 1, max: 7, until: startAt })).toBe(true)
  expect(preview.skip({ min: 1, max: 8, until: startAt })).toBe(false)
  preview.value(startAt, 8)
  expect(preview.skip({ min: 5, max: 6, until: startAt + 1 })).toBe(false)
})

test('a rule for offline nodes gives the alerts that the evaluator gives by the clock, with any parts', () => {
  const node = { ...series, metric: wholeNode }
  fc.assert(
    fc.property(
      fc.constantFrom(5, 20),
      fc.array(
        fc.record({
          step: fc.constantFrom(0, 1, 2, 2, 7, 10, 30, 90),
          part: fc.constantFrom('', 'cpu', 'disk{path=/}'),
        }),
        { maxLength: 30 },
      ),
      (seconds, records) => {
        const offline = anOfflineRule({ seconds, effectiveFrom: 0 })
        const index = ruleIndex([offline])
        const preview = new AbsencePreview(offline)
        const transitions: Transition[] = []
        let state = emptySeries
        let sent = 0
        const times = [{ second: 0, part: '' }, ...records.map(({ step, part }) => ({ second: (sent += step), part }))]
        const end = sent + 300
        for (let second = 0; second <= end; second++) {
          const at = startAt + second * 1000
          for (const { part } of times.filter((one) => one.second === second)) {
            preview.record(at, part)
            const [next, more] = evaluateNode(state, node, { ...aReading(second, 0), part })
            state = next
            transitions.push(...more)
          }
          const [next, more] = evaluateAt(state, node, index, { now: at })
          state = next
          transitions.push(...more)
        }
        expect(preview.alerts(startAt + end * 1000)).toEqual(alertsOf(transitions))
      },
    ),
    { numRuns: 500 },
  )
})
