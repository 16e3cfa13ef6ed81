import { describe, expect, test } from 'vitest'
import { wholeNode } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import { anOfflineRule } from '../rule/rule-builders.ts'
import { ruleIndex, type RuleIndex } from '../rule/rule-index.ts'
import type { OfflineRule, Rule } from '../rule/rule.ts'
import { alertIdOf } from '../alert/alert-id.ts'
import { emptySeries, evaluate, evaluateAt } from './evaluate.ts'
import { evaluateNode } from './node-series.ts'
import {
  aReading,
  anEagerRule,
  otherRuleId,
  ruleId,
  runScenario,
  series,
  startAt,
  transitionWords,
} from './scenario.ts'
import type { SeriesState } from './series-state.ts'

const node = { ...series, metric: wholeNode }
const offline = anOfflineRule()
const ownScope = { kind: 'node', nodeId: 'node-1' } as const

/** A node whose records come at these seconds. */
function nodeAfter(...seconds: number[]): SeriesState {
  return seconds.reduce((state, second) => evaluateNode(state, node, aReading(second, 0))[0], emptySeries)
}

/** `evaluateAt` of the node at these seconds. */
function ticks(from: SeriesState, index: RuleIndex, ...seconds: number[]) {
  const transitions: Transition[] = []
  let state = from
  for (const second of seconds) {
    const [next, more] = evaluateAt(state, node, index, { now: startAt + second * 1000 })
    state = next
    transitions.push(...more)
  }
  return { state, transitions, words: transitionWords(transitions) }
}

describe('an offline alert', () => {
  const index = ruleIndex([offline])

  test('opens by the clock, with times that do not depend on the clock', () => {
    const state = nodeAfter(0)
    expect(evaluateAt(state, node, index, { now: startAt + 59_999 })).toEqual([state, []])
    const atOnce = evaluateAt(state, node, index, { now: startAt + 60_000 })[1]
    expect(atOnce).toEqual(evaluateAt(state, node, index, { now: startAt + 999_999 })[1])
    const rule = { id: offline.id, version: 1 }
    const anchor = { at: startAt, position: aReading(0, 10).position }
    expect(atOnce).toEqual([
      {
        alertId: alertIdOf('offline', { rule, series: node, anchor }),
        alertKind: 'offline',
        series: node,
        rule,
        at: startAt + 60_000,
        kind: 'opened',
        severity: 'critical',
        since: startAt,
        value: null,
        threshold: 60,
        condition: 'greater',
        forSeconds: 60,
      },
    ])
  })

  test('ends and begins anew where a rule of its node applied for a while, however seldom the clock looks', () => {
    const own = (change: Partial<OfflineRule>) =>
      anOfflineRule({ id: otherRuleId, scope: ownScope, seconds: 300, ...change })
    const alternating = ruleIndex([
      offline,
      own({ effectiveFrom: startAt + 100_000 }),
      own({ version: 2, enabled: false, effectiveFrom: startAt + 110_000 }),
    ])
    const words = ['60 offline opened critical', '100 offline resolved rule-changed', '110 offline opened critical']
    const often = ticks(nodeAfter(0), alternating, 60, 99, 100, 105, 110, 120)
    expect(often.words).toEqual(words)
    for (const seconds of [[120], [70, 120], [105, 120], [61, 100, 300]]) {
      const seldom = ticks(nodeAfter(0), alternating, ...seconds)
      expect([seldom.transitions, seldom.state]).toEqual([often.transitions, often.state])
    }
  })

  test('continues where a shorter rule of its node applied for a while', () => {
    const own = (change: Partial<OfflineRule>) =>
      anOfflineRule({ id: otherRuleId, scope: ownScope, seconds: 20, ...change })
    const alternating = ruleIndex([
      offline,
      own({ effectiveFrom: startAt + 100_000 }),
      own({ version: 2, enabled: false, effectiveFrom: startAt + 110_000 }),
    ])
    for (const seconds of [[120], [70, 105, 120], [105, 110]]) {
      expect(ticks(nodeAfter(0), alternating, ...seconds).words).toEqual([
        '60 offline opened critical',
        '100 offline rule-changed critical',
        '110 offline rule-changed critical',
      ])
    }
  })

  test('opens once', () => {
    expect(ticks(nodeAfter(0), index, 60, 61, 30 * 86_400).words).toEqual(['60 offline opened critical'])
  })

  test('does not open for a node without data for more than a day at the first start', () => {
    expect(ticks(nodeAfter(0), index, 86_400).words).toHaveLength(1)
    expect(ticks(nodeAfter(0), index, 86_400.001).words).toEqual([])
  })

  test('does not open for a node whose records arrive, however old their timestamps are', () => {
    const now = startAt + 500_000
    const state = nodeAfter(0)
    expect(evaluateAt(state, node, index, { now, receivedAt: now - 59_999 })).toEqual([state, []])
    expect(evaluateAt(state, node, index, { now, receivedAt: now - 60_000 })[1]).toHaveLength(1)
  })

  test('ends with the next record, not with a late one', () => {
    const { state } = ticks(nodeAfter(0), index, 60)
    const [late, nothing] = evaluateNode(state, node, aReading(-1, 0, 1))
    expect([late, nothing]).toEqual([state, []])
    const [, returned] = evaluateNode(state, node, aReading(70, 0))
    expect(transitionWords(returned)).toEqual(['70 offline resolved data-returned'])
  })

  test('does not open without records or without a rule', () => {
    expect(ticks(emptySeries, index, 999).words).toEqual([])
    expect(ticks(nodeAfter(0), ruleIndex([anEagerRule({ noDataSeconds: 60 })]), 999).words).toEqual([])
  })

  test.each([
    ['does not open between the samples of a slow node', [0, 90, 180, 270], 270 + 269, []],
    ['opens after three of its intervals', [0, 90, 180, 270], 270 + 270, ['540 offline opened critical']],
    ['is not delayed by one outage', [0, 5, 10, 15, 20, 500, 505], 565, ['565 offline opened critical']],
  ])('%s', (_, seconds, at, expected) => {
    expect(ticks(nodeAfter(...seconds), index, at).words).toEqual(expected)
  })

  test('under a later rule opens when that rule took effect', () => {
    const later = ruleIndex([anOfflineRule({ effectiveFrom: startAt + 600_000 })])
    expect(ticks(nodeAfter(0), later, 700).words).toEqual(['600 offline opened critical'])
  })

  test.each<[string, Rule, string[]]>([
    [
      'continues under a version that it breaches, with its severity',
      anOfflineRule({ version: 2, seconds: 30, severity: 'warning', effectiveFrom: startAt + 100_000 }),
      ['60 offline opened critical', '100 offline rule-changed warning'],
    ],
    [
      'continues under a rule of its node',
      anOfflineRule({ id: otherRuleId, scope: ownScope, effectiveFrom: startAt + 100_000 }),
      ['60 offline opened critical', '100 offline rule-changed critical'],
    ],
    [
      'ends under a longer time that had not passed, and opens again after it',
      anOfflineRule({ version: 2, seconds: 120, effectiveFrom: startAt + 100_000 }),
      ['60 offline opened critical', '100 offline resolved rule-changed', '120 offline opened critical'],
    ],
    [
      'ends with its rule',
      anOfflineRule({ version: 2, deleted: true, effectiveFrom: startAt + 100_000 }),
      ['60 offline opened critical', '100 offline resolved rule-changed'],
    ],
    [
      'ends with a rule that is disabled',
      anOfflineRule({ version: 2, enabled: false, effectiveFrom: startAt + 100_000 }),
      ['60 offline opened critical', '100 offline resolved rule-changed'],
    ],
  ])('%s', (_, changed, expected) => {
    const changedIndex = ruleIndex([offline, changed])
    const all = ticks(nodeAfter(0), changedIndex, 60, 90, 101, 130, 140)
    expect(all.words).toEqual(expected)
    // An evaluator that looks less often gives the same.
    expect(ticks(nodeAfter(0), changedIndex, 60, 140).transitions).toEqual(all.transitions)
  })

  test('keeps its id while an override begins and ends', () => {
    const comes = anOfflineRule({ id: otherRuleId, scope: ownScope, effectiveFrom: startAt + 100_000 })
    const goes = { ...comes, version: 2, effectiveFrom: startAt + 200_000, deleted: true, updatedBy: 'ben' }
    const { state, transitions } = ticks(nodeAfter(0), ruleIndex([offline, comes, goes]), 60, 150, 250)
    expect(transitionWords(transitions)).toEqual([
      '60 offline opened critical',
      '100 offline rule-changed critical',
      '200 offline rule-changed critical',
    ])
    expect(new Set(transitions.map((t) => t.alertId)).size).toBe(1)
    expect(transitions.at(-1)).toMatchObject({ by: 'ben', edits: [{ field: 'scope', from: 'node-1', to: null }] })
    expect(state.noData).toMatchObject({ phase: 'firing', rule: { id: offline.id, version: 1 } })
  })

  test('does not end when the clock is set back to before its rule', () => {
    const later = ruleIndex([
      anOfflineRule({ seconds: 3600 }),
      anOfflineRule({ version: 2, seconds: 60, effectiveFrom: startAt + 100_000 }),
    ])
    const { state } = ticks(nodeAfter(0), later, 170)
    expect(state.noData.phase).toBe('firing')
    expect(ticks(state, later, 90)).toMatchObject({ state, words: [] })
  })
})

describe('a no-data alert of a metric', () => {
  const index = ruleIndex([offline, anEagerRule({ noDataSeconds: 60 })])
  const at = (second: number, state: SeriesState, nodeState?: SeriesState, rules = index) =>
    evaluateAt(state, series, rules, { now: startAt + second * 1000, node: nodeState })
  const metric = runScenario(index, [aReading(0, 90)]).state

  test('opens while its node goes on', () => {
    expect(at(60, metric, nodeAfter(0, 15, 30, 45, 59))).toEqual([metric, []])
    const [, opened] = at(60, metric, nodeAfter(0, 15, 30, 45, 60))
    expect(opened).toEqual([
      expect.objectContaining({ alertKind: 'no-data', at: startAt + 60_000, since: startAt, threshold: 60 }),
    ])
    const anchor = { at: startAt, position: aReading(0, 90).position }
    expect(opened[0]?.alertId).toBe(alertIdOf('no-data', { rule: { id: ruleId, version: 1 }, series, anchor }))
  })

  test.each([
    ['is as old as its node', nodeAfter(0)],
    ['is not much older than its node', nodeAfter(0, 10, 20)],
    ['is of a node that is offline', ticks(nodeAfter(0, 10, 20, 30, 40, 50, 60, 70), index, 130).state],
    ['is of a node that just came back', nodeAfter(0, 5, 500)],
    ['is of a slow node', nodeAfter(0, 30, 60)],
  ])('does not open for a metric that %s', (_, nodeState) => {
    expect(at(500, metric, nodeState)).toEqual([metric, []])
  })

  test('has its whole time again after its node came back', () => {
    const back = [500, 505, 510, 515, 520, 525, 530, 535, 540, 545, 550, 555]
    expect(at(559, metric, nodeAfter(0, 5, ...back))[1]).toEqual([])
    expect(transitionWords(at(560, metric, nodeAfter(0, 5, ...back, 560))[1])).toEqual(['560 no-data opened critical'])
  })

  test('does not open between the samples of a slow metric of a fast node', () => {
    const seconds = Array.from({ length: 100 }, (_, i) => 5 * i)
    const slow = runScenario(index, [aReading(0, 1), aReading(90, 1), aReading(180, 1)]).state
    const opensAt = seconds.find(
      (second) => at(second, slow, nodeAfter(...seconds.slice(0, second / 5 + 1)))[1].length > 0,
    )
    expect(opensAt).toBe(450)
    // One that is fast again has the time of its rule again.
    const fast = runScenario(index, [aReading(185, 1)], slow).state
    expect(at(245, fast, nodeAfter(...seconds.slice(0, 50)))[1]).toHaveLength(1)
  })

  test('ends with the next record and does not change the value episode', () => {
    const [missing] = at(70, metric, nodeAfter(0, 5, 65))
    const nodeState = nodeAfter(0, 10, 20, 30, 40, 50, 60)
    const [firing] = at(60, metric, nodeState)
    expect(missing.noData.phase).toBe('ok')
    expect(firing.episode).toBe(metric.episode)
    const after = runScenario(index, [aReading(70, 90), aReading(71, 10)], firing)
    expect(after.words).toEqual(['70 no-data resolved data-returned', '71 resolved cleared'])
  })

  test('is inherited by a rule of its node', () => {
    const own = anEagerRule({ id: otherRuleId, scope: ownScope, warning: 99, critical: 100 })
    const rules = ruleIndex([offline, anEagerRule({ noDataSeconds: 60 }), own])
    const { state } = runScenario(rules, [aReading(0, 90)])
    const [, [opened]] = at(60, state, nodeAfter(0, 10, 20, 30, 40, 50, 60), rules)
    expect(opened).toMatchObject({ rule: { id: otherRuleId, version: 1 }, threshold: 60 })
  })

  test('ends when the rule for all nodes no longer has it, and the node inherits nothing', () => {
    const general = anEagerRule({ noDataSeconds: 60 })
    const own = anEagerRule({ id: otherRuleId, scope: ownScope })
    const { noDataSeconds: _, ...without } = general
    const rules = [offline, general, own, { ...without, version: 2, effectiveFrom: startAt + 100_000 }]
    const nodeState = nodeAfter(0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110)
    const [firing] = at(61, runScenario(ruleIndex(rules), [aReading(0, 1)]).state, nodeState, ruleIndex(rules))
    const [, ended] = at(110, firing, nodeState, ruleIndex(rules))
    expect(transitionWords(ended)).toEqual(['100 no-data resolved rule-changed'])
  })

  test('continues under another version, without a record', () => {
    const v2 = anEagerRule({ version: 2, noDataSeconds: 30, effectiveFrom: startAt + 100_000 })
    const rules = ruleIndex([anEagerRule({ noDataSeconds: 60 }), v2])
    const nodeState = nodeAfter(0, 10, 20, 30, 40, 50, 60)
    const [firing] = at(61, metric, nodeState, rules)
    const later = nodeAfter(0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)
    const [state, changed] = at(101, firing, later, rules)
    expect(transitionWords(changed)).toEqual(['100 no-data rule-changed critical'])
    // The value episode waits for its next record.
    expect(state.rule).toEqual({ id: ruleId, version: 1 })
    expect(transitionWords(evaluate(state, series, rules, aReading(102, 90))[1])).toEqual([
      '102 no-data resolved data-returned',
      '102 rule-changed warning',
    ])
  })
})
