import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NodeAlert } from '../alert/alert.ts'
import { applyTransition } from '../alert/apply-transition.ts'
import { wholeNode } from '../alert/series.ts'
import { emptySeries, evaluateAt } from '../evaluation/evaluate.ts'
import { evaluateNode } from '../evaluation/node-series.ts'
import { aReading, series, startAt } from '../evaluation/scenario.ts'
import type { SeriesState } from '../evaluation/series-state.ts'
import { anId, anOfflineRule } from '../rule/rule-builders.ts'
import { ruleIndex } from '../rule/rule-index.ts'
import type { OfflineRule } from '../rule/rule.ts'
import { isContradicted } from './merge-alert.ts'

const node = { ...series, metric: wholeNode }
const lastSecond = 200

/** Edits of the rule for all nodes and of one for this node, in the order of their times. */
const versions = fc
  .array(
    fc.record({
      from: fc.integer({ min: 1, max: 150 }),
      seconds: fc.constantFrom(5, 20, 60),
      severity: fc.constantFrom('warning' as const, 'critical' as const),
      isOwn: fc.boolean(),
      enabled: fc.constantFrom(true, true, true, false),
    }),
    { maxLength: 4 },
  )
  .map((changes) => {
    const rules: OfflineRule[] = [anOfflineRule()]
    for (const { from, isOwn, ...edit } of changes.toSorted((a, b) => a.from - b.from)) {
      const id = isOwn ? anId(103) : anOfflineRule().id
      const version = rules.filter((rule) => rule.id === id).length + 1
      const scope = isOwn ? ({ kind: 'node', nodeId: node.nodeId } as const) : ({ kind: 'all' } as const)
      rules.push(anOfflineRule({ ...edit, id, version, scope, effectiveFrom: startAt + from * 1000 }))
    }
    return rules
  })

/** Sends at some seconds, and not for long in between. */
const records = fc.uniqueArray(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 12 })

class Evaluator {
  state: SeriesState = emptySeries
  readonly alerts = new Map<string, NodeAlert>()
  #index = ruleIndex([])

  read(second: number): void {
    this.#apply(evaluateNode(this.state, node, aReading(second, 0)))
  }

  tick(second: number, rules: readonly OfflineRule[]): void {
    const [before, index] = [this.#index, ruleIndex(rules)]
    this.#index = index
    for (const alert of this.alerts.values()) {
      // As a console does when a version arrives late.
      if (rules.length === before.versions().length || !isContradicted(alert, index, before)) continue
      this.alerts.delete(alert.id)
      const { noData } = this.state
      if (noData.phase === 'firing' && noData.alertId === alert.id)
        this.state = { ...this.state, noData: { phase: 'ok' } }
    }
    const reloaded = JSON.parse(JSON.stringify(this.state)) as SeriesState
    this.#apply(evaluateAt(reloaded, node, index, { now: startAt + second * 1000 }))
  }

  firing(): string[] {
    const open = [...this.alerts.values()].filter(({ phase }) => phase === 'firing')
    return open.map(({ id, ruleId, ruleVersion, severity }) => `${id} ${ruleId} ${ruleVersion} ${severity}`)
  }

  #apply([next, transitions]: ReturnType<typeof evaluateNode>): void {
    this.state = next
    for (const t of transitions) {
      const alert = applyTransition(this.alerts.get(t.alertId), t)
      if (alert) this.alerts.set(alert.id, alert)
    }
  }
}

test('an evaluator that looks now and then, and learns of edits late, has the same offline alert in the end', () => {
  fc.assert(
    fc.property(
      versions,
      records,
      fc.array(fc.integer({ min: 0, max: lastSecond }), { maxLength: 10 }),
      fc.tuple(fc.array(fc.integer({ min: 0, max: lastSecond }), { minLength: 5, maxLength: 5 }), fc.boolean()),
      (rules, sent, looks, [knownAt, areLate]) => {
        const [always, now] = [new Evaluator(), new Evaluator()]
        for (let second = 0; second <= lastSecond; second++) {
          if (sent.includes(second)) for (const each of [always, now]) each.read(second)
          always.tick(second, rules)
          // Edits become known in their order, because they are records of one log.
          const isKnown = (i: number) => !areLate || knownAt.slice(i, rules.length).some((at) => at <= second)
          const known = rules.filter((_, i) => i === 0 || isKnown(i))
          if (looks.includes(second)) now.tick(second, known)
        }
        now.tick(lastSecond, rules)
        expect(now.firing()).toEqual(always.firing())
      },
    ),
    { numRuns: 1000 },
  )
})
