import { describe, expect, test } from 'vitest'
import { aRule } from '../rule/rule-builders.ts'
import { ruleIndex } from '../rule/rule-index.ts'
import type { Rule } from '../rule/rule.ts'
import { alertIdOf } from '../alert/alert-id.ts'
import { evaluate, evaluateAt } from './evaluate.ts'
import {
  aReading,
  anEagerRule,
  levels,
  otherRuleId,
  ruleId,
  runScenario,
  series,
  startAt,
  transitionWords,
  values,
} from './scenario.ts'
import type { Reading } from '../alert/series.ts'

describe('a value beyond its levels', () => {
  test.each<[string, Rule, number[], string[]]>([
    ['fires above the level, not at it', anEagerRule(), [85, 85.1], ['1 opened warning']],
    [
      'fires below the level where the rule says less',
      levels({ condition: 'less', warning: 10 }),
      [10, 9.9],
      ['1 opened warning'],
    ],
    ['opens critical at once without a time to hold', anEagerRule(), [96], ['0 opened critical']],
    ['opens critical where there is no warning level', levels({ critical: 95 }), [95, 96], ['1 opened critical']],
    ['escalates', anEagerRule(), [90, 96], ['0 opened warning', '1 escalated critical']],
    ['stays critical down to the warning level', anEagerRule(), [96, 90, 86], ['0 opened critical']],
    [
      'eases below the warning level and waits for clear',
      anEagerRule(),
      [96, 85, 75],
      ['0 opened critical', '1 eased warning'],
    ],
    [
      'escalates again after easing',
      anEagerRule(),
      [96, 80, 96],
      ['0 opened critical', '1 eased warning', '2 escalated critical'],
    ],
    ['resolves below clear, not at it', anEagerRule(), [90, 80, 75, 74.9], ['0 opened warning', '3 resolved cleared']],
    [
      'resolves above clear where the rule says less',
      levels({ condition: 'less', warning: 10, clear: 20 }),
      [5, 20, 20.1],
      ['0 opened warning', '2 resolved cleared'],
    ],
    [
      'resolves at the level where there is no clear',
      levels({ warning: 85, critical: 95 }),
      [90, 85],
      ['0 opened warning', '1 resolved cleared'],
    ],
    [
      'resolves from critical straight away when it falls below clear',
      anEagerRule(),
      [99, 1],
      ['0 opened critical', '1 resolved cleared'],
    ],
    [
      'resolves a critical at the warning level where there is no clear',
      levels({ warning: 85, critical: 95 }),
      [99, 90, 85],
      ['0 opened critical', '2 resolved cleared'],
    ],
    [
      'fires anew after it resolved',
      anEagerRule(),
      [90, 10, 90],
      ['0 opened warning', '1 resolved cleared', '2 opened warning'],
    ],
    ['does nothing under a rule of silence alone', levels({ noDataSeconds: 60 }), [1e9, -1e9], []],
    ['opens critical where both levels are the same', anEagerRule({ critical: 85 }), [86], ['0 opened critical']],
  ])('%s', (_, rule, list, expected) => {
    expect(runScenario(ruleIndex([rule]), values(...list)).told).toEqual(expected)
  })

  test.each<[string, Rule, Reading[], string[]]>([
    [
      'fires once it held for the time',
      aRule({ forSeconds: 2 }),
      values(90, 90, 90),
      ['0 pending', '2 opened warning'],
    ],
    [
      'starts again when a value does not breach',
      aRule({ forSeconds: 2 }),
      values(90, 90, 85, 90, 90, 90),
      ['0 pending', '3 pending', '5 opened warning'],
    ],
    [
      'holds between warning and clear, too, only while it fires',
      aRule({ forSeconds: 1 }),
      values(90, 80, 90, 90, 80),
      ['0 pending', '2 pending', '3 opened warning'],
    ],
    [
      'opens as warning while critical has not held yet',
      aRule({ forSeconds: 2 }),
      values(90, 96, 96, 96),
      ['0 pending', '2 opened warning', '3 escalated critical'],
    ],
    [
      'opens as critical where critical held all the time',
      aRule({ forSeconds: 2 }),
      values(96, 96, 96),
      ['0 pending', '2 opened critical'],
    ],
    [
      'does not escalate on a short peak',
      aRule({ forSeconds: 2 }),
      values(90, 90, 90, 96, 96, 90, 96, 96),
      ['0 pending', '2 opened warning'],
    ],
    [
      'fires with the next record after a gap',
      aRule({ forSeconds: 120 }),
      [aReading(0, 90), aReading(300, 91)],
      ['0 pending', '300 opened warning'],
    ],
  ])('with a time to hold %s', (_, rule, readings, expected) => {
    expect(runScenario(ruleIndex([rule]), readings).told).toEqual(expected)
  })

  test('says in the opening what was measured against which level', () => {
    const { transitions } = runScenario(ruleIndex([aRule({ forSeconds: 1 })]), values(96, 97))
    const anchor = { at: startAt, position: aReading(0, 96).position }
    const alertId = alertIdOf('value', { rule: { id: ruleId, version: 1 }, series, anchor })
    const head = { alertId, alertKind: 'value', series, rule: { id: ruleId, version: 1 } }
    expect(transitions).toEqual([
      { ...head, at: startAt, kind: 'pending', value: 96 },
      {
        ...head,
        at: startAt + 1000,
        kind: 'opened',
        severity: 'critical',
        since: startAt,
        value: 97,
        threshold: 95,
        condition: 'greater',
        forSeconds: 1,
      },
    ])
  })

  test('remembers of quiet records only the newest one', () => {
    const { state } = runScenario(ruleIndex([anEagerRule()]), values(1, 2, 3))
    expect(state).toEqual({
      rule: { id: ruleId, version: 1 },
      episode: { phase: 'ok' },
      noData: { phase: 'ok' },
      last: { at: startAt + 2000, position: aReading(2, 3).position },
    })
  })
})

describe('records out of order', () => {
  const index = ruleIndex([anEagerRule()])

  test('a record more than two minutes late changes nothing', () => {
    const { state } = runScenario(index, [aReading(300, 10)])
    const [next, transitions] = evaluate(state, series, index, aReading(179.999, 99, 301))
    expect(next).toBe(state)
    expect(transitions).toEqual([])
  })

  test('a record two minutes late is judged in the order of the log and leaves the newest time alone', () => {
    const { state, told: words } = runScenario(index, [
      aReading(300, 10),
      aReading(180, 99, 301),
      aReading(301, 10, 302),
    ])
    expect(words).toEqual(['180 opened critical', '301 resolved cleared'])
    expect(state.last).toEqual({ at: startAt + 301_000, position: aReading(301, 10, 302).position })
  })

  test('a record from before the breach does not count as time that it held', () => {
    const slow = ruleIndex([aRule({ forSeconds: 10 })])
    expect(runScenario(slow, [aReading(100, 90, 1), aReading(95, 90, 2), aReading(109, 90, 3)]).told).toEqual([
      '100 pending',
    ])
  })
})

describe('a rule that changes', () => {
  const v1 = anEagerRule()
  const v2 = anEagerRule({ version: 2, warning: 90, effectiveFrom: startAt + 5000 })
  const removed = anEagerRule({ version: 2, deleted: true, effectiveFrom: startAt + 5000 })
  const disabled = anEagerRule({ version: 2, enabled: false, effectiveFrom: startAt + 5000 })
  const override = anEagerRule({
    id: otherRuleId,
    scope: { kind: 'node', nodeId: 'node-1' },
    effectiveFrom: startAt + 5000,
  })
  const firing = [aReading(0, 92), aReading(4, 92)]

  test.each<[string, Rule[], string[]]>([
    ['a new version', [v1, v2], ['0 opened warning', '5 resolved rule-changed', '8 opened warning']],
    ['a removal', [v1, removed], ['0 opened warning', '5 resolved rule-changed']],
    ['a rule that is switched off', [v1, disabled], ['0 opened warning', '5 resolved rule-changed']],
    ['an override', [v1, override], ['0 opened warning', '5 resolved rule-changed', '8 opened warning']],
  ])(
    '%s closes the episode when it came into force, and the record is judged by what holds now',
    (_, rules, expected) => {
      expect(runScenario(ruleIndex(rules), [...firing, aReading(8, 92)]).told).toEqual(expected)
    },
  )

  test.each<[string, Rule[]]>([
    ['a new version', [v1, v2]],
    ['a removal', [v1, removed]],
    ['an override', [v1, override]],
  ])('%s is told by the clock exactly as by the next record', (_, rules) => {
    const index = ruleIndex(rules)
    const before = runScenario(index, firing).state
    const [, byRecord] = evaluate(before, series, index, aReading(8, 10))
    const [moved, byClock] = evaluateAt(before, series, index, startAt + 6000)
    expect(byClock).toEqual(byRecord)
    expect(runScenario(index, [aReading(8, 92)], moved).transitions).toEqual(
      evaluate(before, series, index, aReading(8, 92))[1].slice(1),
    )
  })

  test('two changes between two records close the episode at the first', () => {
    const v3 = anEagerRule({ version: 3, warning: 91, effectiveFrom: startAt + 6000 })
    const index = ruleIndex([v1, v2, v3])
    const before = runScenario(index, firing).state
    expect(transitionWords(evaluate(before, series, index, aReading(8, 10))[1])).toEqual(['5 resolved rule-changed'])
    expect(transitionWords(evaluateAt(before, series, index, startAt + 7000)[1])).toEqual(['5 resolved rule-changed'])
  })

  test('an override that came and went between two records closes the episode when it came', () => {
    const gone = { ...override, version: 2, deleted: true, effectiveFrom: startAt + 6000 }
    const index = ruleIndex([
      v1,
      override,
      gone,
      anEagerRule({ version: 2, warning: 90, effectiveFrom: startAt + 7000 }),
    ])
    expect(runScenario(index, [...firing, aReading(8, 10)]).told).toEqual([
      '0 opened warning',
      '5 resolved rule-changed',
    ])
  })

  test('the clock does nothing before the change is in force', () => {
    const index = ruleIndex([v1, v2])
    const { state } = runScenario(index, firing)
    expect(evaluateAt(state, series, index, startAt + 4999)[0]).toBe(state)
  })

  test('a clock that is behind the records does not bring the old rule back', () => {
    const index = ruleIndex([v1, v2])
    const { state, told: opened } = runScenario(index, [aReading(0, 10), aReading(6, 91)])
    expect(opened).toEqual(['6 opened warning'])
    for (const second of [-60, 0, 4, 5, 6]) {
      expect(evaluateAt(state, series, index, startAt + second * 1000)).toEqual([state, []])
    }
  })

  test('records from before the change, behind the clock, do not open an episode of the new rule', () => {
    const index = ruleIndex([v1, v2])
    const [moved] = evaluateAt(runScenario(index, firing).state, series, index, startAt + 6000)
    const { told: after, transitions } = runScenario(index, [aReading(4.5, 99, 5), aReading(5, 99, 6)], moved)
    expect(after).toEqual(['5 opened critical'])
    const anchor = { at: startAt + 5000, position: aReading(5, 99, 6).position }
    expect(transitions[0]?.alertId).toBe(alertIdOf('value', { rule: v2, series, anchor }))
  })

  test('a late record does not bring the old rule back', () => {
    const index = ruleIndex([v1, v2])
    expect(runScenario(index, [aReading(6, 91), aReading(4, 92, 7), aReading(7, 91, 8)]).told).toEqual([
      '6 opened warning',
    ])
  })

  test('a version that becomes known late closes the episode when it came into force', () => {
    const { state } = runScenario(ruleIndex([v1]), [aReading(0, 92), aReading(20, 92)])
    expect(transitionWords(evaluate(state, series, ruleIndex([v1, v2]), aReading(21, 10))[1])).toEqual([
      '5 resolved rule-changed',
    ])
  })

  test('a pending episode ends without a word', () => {
    const slow = { forSeconds: 60 }
    const index = ruleIndex([
      { ...v1, ...slow },
      { ...v2, ...slow },
    ])
    expect(runScenario(index, [aReading(0, 92), aReading(6, 92)]).told).toEqual(['0 pending', '6 pending'])
  })
})
