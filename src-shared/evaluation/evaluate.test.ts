import { describe, expect, test } from 'vitest'
import { aRule } from '../rule/rule-builders.ts'
import { ruleIndex } from '../rule/rule-index.ts'
import type { MetricRule, Rule } from '../rule/rule.ts'
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
      'fires below the level under a rule with `less`',
      levels({ condition: 'less', warning: 10 }),
      [10, 9.9],
      ['1 opened warning'],
    ],
    ['opens critical immediately without `for`', anEagerRule(), [96], ['0 opened critical']],
    ['opens critical under a rule without a warning level', levels({ critical: 95 }), [95, 96], ['1 opened critical']],
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
      'resolves above clear under a rule with `less`',
      levels({ condition: 'less', warning: 10, clear: 20 }),
      [5, 20, 20.1],
      ['0 opened warning', '2 resolved cleared'],
    ],
    [
      'resolves at the level without a clear level',
      levels({ warning: 85, critical: 95 }),
      [90, 85],
      ['0 opened warning', '1 resolved cleared'],
    ],
    [
      'resolves from critical immediately below clear',
      anEagerRule(),
      [99, 1],
      ['0 opened critical', '1 resolved cleared'],
    ],
    [
      'resolves from critical at the warning level without a clear level',
      levels({ warning: 85, critical: 95 }),
      [99, 90, 85],
      ['0 opened critical', '2 resolved cleared'],
    ],
    [
      'fires again after it resolved',
      anEagerRule(),
      [90, 10, 90],
      ['0 opened warning', '1 resolved cleared', '2 opened warning'],
    ],
    ['does nothing under a rule that has only no data', levels({ noDataSeconds: 60 }), [1e9, -1e9], []],
    ['opens critical if both levels are equal', anEagerRule({ critical: 85 }), [86], ['0 opened critical']],
  ])('%s', (_, rule, list, expected) => {
    expect(runScenario(ruleIndex([rule]), values(...list)).words).toEqual(expected)
  })

  test.each<[string, Rule, Reading[], string[]]>([
    ['fires after the time', aRule({ forSeconds: 2 }), values(90, 90, 90), ['0 pending', '2 opened warning']],
    [
      'starts again when a value does not breach',
      aRule({ forSeconds: 2 }),
      values(90, 90, 85, 90, 90, 90),
      ['0 pending', '3 pending', '5 opened warning'],
    ],
    [
      'continues between warning and clear only while it fires',
      aRule({ forSeconds: 1 }),
      values(90, 80, 90, 90, 80),
      ['0 pending', '2 pending', '3 opened warning'],
    ],
    [
      'opens as warning before critical lasted for the time',
      aRule({ forSeconds: 2 }),
      values(90, 96, 96, 96),
      ['0 pending', '2 opened warning', '3 escalated critical'],
    ],
    [
      'opens as critical if critical lasted for the time',
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
  ])('with `for` %s', (_, rule, readings, expected) => {
    expect(runScenario(ruleIndex([rule]), readings).words).toEqual(expected)
  })

  test('the opening carries the value and the level', () => {
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

  test('a series without an episode keeps only its newest record', () => {
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

  test('a record two minutes late is evaluated in the order of the log and does not move the newest time', () => {
    const { state, words } = runScenario(index, [aReading(300, 10), aReading(180, 99, 301), aReading(301, 10, 302)])
    expect(words).toEqual(['180 opened critical', '301 resolved cleared'])
    expect(state.last).toEqual({ at: startAt + 301_000, position: aReading(301, 10, 302).position })
  })

  test('a record from before the breach does not count towards `for`', () => {
    const slow = ruleIndex([aRule({ forSeconds: 10 })])
    expect(runScenario(slow, [aReading(100, 90, 1), aReading(95, 90, 2), aReading(109, 90, 3)]).words).toEqual([
      '100 pending',
    ])
  })
})

describe('a rule that changes', () => {
  const v1 = anEagerRule()
  const v2 = anEagerRule({ version: 2, warning: 90, effectiveFrom: startAt + 5000, updatedBy: 'kim' })
  const removed = anEagerRule({ version: 2, deleted: true, effectiveFrom: startAt + 5000, updatedBy: 'kim' })
  const disabled = anEagerRule({ version: 2, enabled: false, effectiveFrom: startAt + 5000 })
  const own = { id: otherRuleId, scope: { kind: 'node', nodeId: 'node-1' } } as const
  const override = anEagerRule({ ...own, effectiveFrom: startAt + 5000, updatedBy: 'kim' })
  const firing = [aReading(0, 92), aReading(4, 92)]

  test.each<[string, Rule[], number, string[]]>([
    ['a new version that the value breaches', [v1, v2], 92, ['8 rule-changed warning']],
    ['a new version that the value does not breach', [v1, v2], 89, ['8 resolved rule-changed']],
    ['an override that the value breaches', [v1, override], 92, ['8 rule-changed warning']],
    ['an override that the value does not breach', [v1, { ...override, warning: 93 }], 92, ['8 resolved rule-changed']],
    ['a removal', [v1, removed], 92, ['5 resolved rule-changed']],
    ['a disabled rule', [v1, disabled], 92, ['5 resolved rule-changed']],
    [
      'a rule for the other side',
      [v1, levels({ version: 2, condition: 'less', warning: 95, effectiveFrom: startAt + 5000 })],
      92,
      ['8 rule-changed warning'],
    ],
    [
      'another metric',
      [v1, anEagerRule({ version: 2, metric: 'memory_usage', effectiveFrom: startAt + 5000 })],
      92,
      ['5 resolved rule-changed'],
    ],
  ])('%s continues or ends the episode at the next record', (_, rules, value, expected) => {
    const { words, transitions } = runScenario(ruleIndex(rules), [...firing, aReading(8, value)])
    expect(words).toEqual(['0 opened warning', ...expected])
    expect(new Set(transitions.map(({ alertId }) => alertId)).size).toBe(1)
  })

  test('the change says who made it and what it is', () => {
    const edited = { ...v2, critical: 91, forSeconds: 2 }
    const { transitions } = runScenario(ruleIndex([v1, edited]), [...firing, aReading(8, 92)])
    expect(transitions.at(-1)).toMatchObject({
      rule: { id: ruleId, version: 2 },
      kind: 'rule-changed',
      severity: 'critical',
      value: 92,
      threshold: 91,
      condition: 'greater',
      forSeconds: 2,
      by: 'kim',
      edits: [
        { field: 'warning', from: 85, to: 90 },
        { field: 'critical', from: 95, to: 91 },
        { field: 'forSeconds', from: 0, to: 2 },
      ],
    })
  })

  test('the end of an override is the change of the person who removed it', () => {
    const gone = { ...override, version: 2, deleted: true, effectiveFrom: startAt + 7000, updatedBy: 'ben' }
    const { transitions } = runScenario(ruleIndex([v1, override, gone]), [...firing, aReading(6, 92), aReading(8, 92)])
    const changes = transitions.flatMap((t) => (t.kind === 'rule-changed' ? [[t.rule.id, t.by, t.edits]] : []))
    expect(changes).toEqual([
      [otherRuleId, 'kim', [{ field: 'scope', from: null, to: 'node-1' }]],
      [ruleId, 'ben', [{ field: 'scope', from: 'node-1', to: null }]],
    ])
  })

  test.each<[string, number[], Partial<MetricRule>, number, string]>([
    ['raises it to critical by a lower level', [90, 90], { critical: 88 }, 90, 'critical'],
    ['leaves it a warning if `for` has not passed', [90, 90], { critical: 88, forSeconds: 60 }, 90, 'warning'],
    ['eases it by a higher level', [97, 97], { critical: 98 }, 97, 'warning'],
    ['leaves it critical with a longer `for`', [97, 97], { forSeconds: 600 }, 97, 'critical'],
    ['leaves it critical where hysteresis held it', [97, 90], { clear: 70 }, 90, 'critical'],
    ['leaves it a warning that hysteresis holds', [90, 80], { forSeconds: 2 }, 80, 'warning'],
    ['eases it where the critical level is gone', [97, 97], { critical: undefined }, 97, 'warning'],
  ])('an edit %s', (_, list, edit, value, expected) => {
    const changed = { ...anEagerRule({ version: 2, effectiveFrom: startAt + 5000 }), ...edit } as MetricRule
    const { transitions } = runScenario(ruleIndex([v1, changed]), [...values(...list), aReading(8, value)])
    expect(transitions.at(-1)).toMatchObject({ kind: 'rule-changed', severity: expected, value })
  })

  test('a value that is critical by an unchanged level still needs the whole `for`', () => {
    const slow = aRule({ forSeconds: 10 })
    const edited = { ...slow, version: 2, clear: 70, effectiveFrom: startAt + 15_000 }
    const readings = [aReading(0, 90), aReading(10, 90), aReading(20, 96), aReading(29, 96), aReading(30, 96)]
    expect(runScenario(ruleIndex([slow, edited]), readings).words).toEqual([
      '0 pending',
      '10 opened warning',
      '20 rule-changed warning',
      '30 escalated critical',
    ])
  })

  test.each<[string, Rule[]]>([
    ['a removal', [v1, removed]],
    ['a disabled rule', [v1, disabled]],
  ])('%s has the same result by the clock as by the next record', (_, rules) => {
    const index = ruleIndex(rules)
    const before = runScenario(index, firing).state
    const [, byRecord] = evaluate(before, series, index, aReading(8, 10))
    const [, byClock] = evaluateAt(before, series, index, { now: startAt + 6000 })
    expect(byClock).toEqual(byRecord)
  })

  test.each<[string, Rule[]]>([
    ['a new version', [v1, v2]],
    ['an override', [v1, override]],
  ])('%s waits for the next record, however long that takes', (_, rules) => {
    const index = ruleIndex(rules)
    const before = runScenario(index, firing).state
    expect(evaluateAt(before, series, index, { now: startAt + 600_000 })).toEqual([before, []])
  })

  test('an override that began and ended between two records is no change', () => {
    const gone = { ...override, version: 2, deleted: true, effectiveFrom: startAt + 6000 }
    const { words } = runScenario(ruleIndex([v1, override, gone]), [...firing, aReading(8, 92)])
    expect(words).toEqual(['0 opened warning'])
  })

  test('a rule that was disabled for a while ends the episode, with or without a clock in between', () => {
    const enabled = anEagerRule({ version: 3, effectiveFrom: startAt + 7000 })
    const index = ruleIndex([v1, disabled, enabled])
    const { state } = runScenario(index, firing)
    const byRecord = evaluate(state, series, index, aReading(8, 92))[1]
    expect(transitionWords(byRecord)).toEqual(['5 resolved rule-changed', '8 opened warning'])
    const [ticked, closed] = evaluateAt(state, series, index, { now: startAt + 6000 })
    expect([...closed, ...evaluate(ticked, series, index, aReading(8, 92))[1]]).toEqual(byRecord)
    const [later, both] = evaluateAt(state, series, index, { now: startAt + 7500 })
    expect([...both, ...evaluate(later, series, index, aReading(8, 92))[1]]).toEqual(byRecord)
  })

  test('the clock does nothing before the change takes effect', () => {
    const index = ruleIndex([v1, removed])
    const { state } = runScenario(index, firing)
    expect(evaluateAt(state, series, index, { now: startAt + 4999 })[0]).toBe(state)
  })

  test('a clock that is behind the records does not bring back the old rule', () => {
    const index = ruleIndex([v1, removed, anEagerRule({ version: 3, warning: 90, effectiveFrom: startAt + 5500 })])
    const { state, words: opened } = runScenario(index, [aReading(0, 10), aReading(6, 91)])
    expect(opened).toEqual(['6 opened warning'])
    for (const second of [-60, 0, 4, 5, 6]) {
      expect(evaluateAt(state, series, index, { now: startAt + second * 1000 })).toEqual([state, []])
    }
  })

  test('records from before the change, behind the clock, do not open an episode of the new rule', () => {
    const v3 = anEagerRule({ version: 3, effectiveFrom: startAt + 5500 })
    const index = ruleIndex([v1, removed, v3])
    const [moved] = evaluateAt(runScenario(index, firing).state, series, index, { now: startAt + 6000 })
    const { words: after, transitions } = runScenario(index, [aReading(5.2, 99, 5), aReading(5.5, 99, 6)], moved)
    expect(after).toEqual(['5.5 opened critical'])
    const anchor = { at: startAt + 5500, position: aReading(5.5, 99, 6).position }
    expect(transitions[0]?.alertId).toBe(alertIdOf('value', { rule: v3, series, anchor }))
  })

  test('a late record does not bring back the old rule', () => {
    const index = ruleIndex([v1, v2])
    expect(runScenario(index, [aReading(6, 91), aReading(4, 92, 7), aReading(7, 91, 8)]).words).toEqual([
      '6 opened warning',
    ])
  })

  test('a removal that arrives late closes the episode when it took effect', () => {
    const { state } = runScenario(ruleIndex([v1]), [aReading(0, 92), aReading(20, 92)])
    expect(transitionWords(evaluate(state, series, ruleIndex([v1, removed]), aReading(21, 10))[1])).toEqual([
      '5 resolved rule-changed',
    ])
  })

  test('a version that arrives late does not end an episode that hysteresis may hold', () => {
    const { state } = runScenario(ruleIndex([v1]), [aReading(0, 92), aReading(20, 92)])
    const words = (value: number) =>
      transitionWords(evaluate(state, series, ruleIndex([v1, v2]), aReading(21, value))[1])
    expect([words(80), words(10)]).toEqual([['21 rule-changed warning'], ['21 resolved rule-changed']])
  })

  test('a pending episode continues with its start and its id if the value breaches, and else ends silently', () => {
    const slow = { forSeconds: 60 }
    const index = ruleIndex([
      { ...v1, ...slow },
      { ...v2, ...slow },
    ])
    const { words, transitions } = runScenario(index, [aReading(0, 92), aReading(6, 92), aReading(60, 92)])
    expect(words).toEqual(['0 pending', '60 opened warning'])
    const anchor = { at: startAt, position: aReading(0, 92).position }
    expect(transitions[1]).toMatchObject({ alertId: alertIdOf('value', { rule: v1, series, anchor }), threshold: 90 })
    expect(runScenario(index, [aReading(0, 92), aReading(6, 88), aReading(60, 92)]).words).toEqual([
      '0 pending',
      '60 pending',
    ])
  })

  test('a pending episode fires at once under a shorter `for`', () => {
    const index = ruleIndex([{ ...v1, forSeconds: 60 }, v2])
    expect(runScenario(index, [aReading(0, 92), aReading(6, 92)]).words).toEqual(['0 pending', '6 opened warning'])
  })

  test('a node with another name is in the same episode', () => {
    const index = ruleIndex([v1])
    const { state } = runScenario(index, firing)
    const renamed = { ...series, nodeName: 'Server-Beta' }
    expect(evaluate(state, renamed, index, aReading(5, 92))[1]).toEqual([])
    const [cleared] = evaluate(state, renamed, index, aReading(6, 10))[1]
    expect(cleared).toMatchObject({ alertId: runScenario(index, firing).transitions[0]?.alertId, kind: 'resolved' })
  })
})
