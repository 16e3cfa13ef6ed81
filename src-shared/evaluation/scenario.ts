import { anId, aRule } from '../rule/rule-builders.ts'
import type { RuleIndex } from '../rule/rule-index.ts'
import type { MetricRule } from '../rule/rule.ts'
import { emptySeries, evaluate } from './evaluate.ts'
import type { Reading } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { SeriesState } from './series-state.ts'

// Builders for evaluation tests: one series, seconds since `startAt`, transitions in words.

export const series = { nodeId: 'node-1', nodeName: 'Server-Alpha', metric: 'cpu_usage' }
export const startAt = 1_800_000_000_000
export const ruleId = aRule().id
export const otherRuleId = anId(101)

/** A rule that fires at the first breach. */
export const anEagerRule = (change: Partial<MetricRule> = {}): MetricRule => aRule({ forSeconds: 0, ...change })

/** A rule with these levels and no others. */
export function levels(change: Partial<MetricRule>): MetricRule {
  const { warning: _w, critical: _c, clear: _l, ...rest } = anEagerRule()
  return { ...rest, ...change }
}

/** The i-th record of the topic. `second`: since `startAt`. */
export function aReading(second: number, value: number, offset = second): Reading {
  return { at: startAt + second * 1000, value, position: { topic: 'metrics-node-1', partition: 0, offset } }
}

/** One word per transition: its second, its kind and its severity. */
export function transitionWords(transitions: readonly Transition[]): string[] {
  return transitions.map((t) => {
    const kind = t.alertKind === 'value' ? t.kind : `${t.alertKind} ${t.kind}`
    const detail = 'severity' in t ? ` ${t.severity}` : 'reason' in t ? ` ${t.reason}` : ''
    return `${(t.at - startAt) / 1000} ${kind}${detail}`
  })
}

export function runScenario(index: RuleIndex, readings: readonly Reading[], from: SeriesState = emptySeries) {
  const transitions: Transition[] = []
  let state = from
  for (const reading of readings) {
    const [next, more] = evaluate(state, series, index, reading)
    state = next
    transitions.push(...more)
  }
  return { state, transitions, words: transitionWords(transitions) }
}

/** Values a second apart. */
export const values = (...list: number[]): Reading[] => list.map((value, second) => aReading(second, value))
