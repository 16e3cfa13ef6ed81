import { describe, expect, test } from 'vitest'
import { aRule } from '../rule/rule-builders.ts'
import { ruleIndex } from '../rule/rule-index.ts'
import type { Rule } from '../rule/rule.ts'
import { alertIdOf } from '../alert/alert-id.ts'
import { evaluate } from './evaluate.ts'
import { aReading, anEagerRule, levels, ruleId, runScenario, series, startAt, values } from './scenario.ts'
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
