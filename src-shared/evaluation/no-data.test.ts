import { describe, expect, test } from 'vitest'
import { ruleIndex } from '../rule/rule-index.ts'
import { alertIdOf } from '../alert/alert-id.ts'
import { emptySeries, evaluateAt } from './evaluate.ts'
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

describe('silence', () => {
  const index = ruleIndex([anEagerRule({ noDataSeconds: 60 })])

  test('fires by the clock with times that do not depend on it', () => {
    const { state } = runScenario(index, [aReading(0, 10)])
    expect(evaluateAt(state, series, index, startAt + 59_999)).toEqual([state, []])
    const atOnce = evaluateAt(state, series, index, startAt + 60_000)[1]
    expect(atOnce).toEqual(evaluateAt(state, series, index, startAt + 999_999)[1])
    const anchor = { at: startAt, position: aReading(0, 10).position }
    expect(atOnce).toEqual([
      {
        alertId: alertIdOf('no-data', { rule: { id: ruleId, version: 1 }, series, anchor }),
        alertKind: 'no-data',
        series,
        rule: { id: ruleId, version: 1 },
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

  test('is told once', () => {
    const [missing] = evaluateAt(runScenario(index, [aReading(0, 10)]).state, series, index, startAt + 60_000)
    expect(evaluateAt(missing, series, index, startAt + 61_000)).toEqual([missing, []])
    expect(evaluateAt(missing, series, index, startAt + 30 * 86_400_000)).toEqual([missing, []])
  })

  test('of a node that was gone for more than a day before anybody looked raises nothing', () => {
    const { state } = runScenario(index, [aReading(0, 10)])
    expect(evaluateAt(state, series, index, startAt + 24 * 3_600_000)[1]).toHaveLength(1)
    expect(evaluateAt(state, series, index, startAt + 24 * 3_600_000 + 1)).toEqual([state, []])
  })

  test('is not that of a node that was heard within the time, however old its records say they are', () => {
    const { state } = runScenario(index, [aReading(0, 10)])
    const now = startAt + 500_000
    expect(evaluateAt(state, series, index, now, now - 59_999)).toEqual([state, []])
    expect(evaluateAt(state, series, index, now, now - 60_000)).toEqual(evaluateAt(state, series, index, now))
  })

  test('ends with the next record and leaves the value episode as it was', () => {
    const { state } = runScenario(index, [aReading(0, 90)])
    const [missing] = evaluateAt(state, series, index, startAt + 60_000)
    expect(missing.episode).toBe(state.episode)
    const after = runScenario(index, [aReading(70, 90), aReading(71, 10)], missing)
    expect(after.told).toEqual(['70 no-data resolved data-returned', '71 resolved cleared'])
  })

  test('and a record that resolves the value, too, ends first the silence', () => {
    const [missing] = evaluateAt(runScenario(index, [aReading(0, 90)]).state, series, index, startAt + 60_000)
    expect(runScenario(index, [aReading(70, 10)], missing).told).toEqual([
      '70 no-data resolved data-returned',
      '70 resolved cleared',
    ])
  })

  test('is not ended by a late record, which brings nothing new', () => {
    const [missing] = evaluateAt(runScenario(index, [aReading(0, 10)]).state, series, index, startAt + 60_000)
    const { state, told: after } = runScenario(index, [aReading(-1, 10, 1)], missing)
    expect(after).toEqual([])
    expect(state).toEqual(missing)
  })

  test('is not told of a series that never had a record, nor without a rule for it', () => {
    expect(evaluateAt(emptySeries, series, index, startAt)).toEqual([emptySeries, []])
    const noRule = ruleIndex([anEagerRule()])
    const { state } = runScenario(noRule, [aReading(0, 10)])
    expect(evaluateAt(state, series, noRule, startAt + 1e9)).toEqual([state, []])
  })

  test('under a rule that came later opens when that rule came into force', () => {
    const { state } = runScenario(ruleIndex([]), [aReading(0, 10)])
    const later = ruleIndex([anEagerRule({ noDataSeconds: 60, effectiveFrom: startAt + 600_000 })])
    const [missing, transitions] = evaluateAt(state, series, later, startAt + 700_000)
    expect(transitionWords(transitions)).toEqual(['600 no-data opened critical'])
    expect(runScenario(later, [aReading(650, 90)], missing).told).toEqual([
      '650 no-data resolved data-returned',
      '650 opened warning',
    ])
  })

  test('moves to the new version of its rule', () => {
    const [missing] = evaluateAt(runScenario(index, [aReading(0, 10)]).state, series, index, startAt + 60_000)
    const v2 = anEagerRule({ version: 2, noDataSeconds: 30, effectiveFrom: startAt + 100_000 })
    const changed = ruleIndex([anEagerRule({ noDataSeconds: 60 }), v2])
    const [, transitions] = evaluateAt(missing, series, changed, startAt + 101_000)
    expect(transitionWords(transitions)).toEqual(['100 no-data resolved rule-changed', '100 no-data opened critical'])
  })

  test('is another alert each time that an override comes and goes', () => {
    const all = anEagerRule({ noDataSeconds: 60 })
    const own = { id: otherRuleId, scope: { kind: 'node', nodeId: 'node-1' } as const, noDataSeconds: 60 }
    const comes = anEagerRule({ ...own, effectiveFrom: startAt + 100_000 })
    const goes = anEagerRule({ ...own, version: 2, effectiveFrom: startAt + 200_000, deleted: true })
    const changed = ruleIndex([all, comes, goes])
    let state = runScenario(changed, [aReading(0, 10)]).state
    const transitions = [60, 150, 250].flatMap((second) => {
      const [next, more] = evaluateAt(state, series, changed, startAt + second * 1000)
      state = next
      return more
    })
    expect(transitionWords(transitions)).toEqual([
      '60 no-data opened critical',
      '100 no-data resolved rule-changed',
      '100 no-data opened critical',
      '200 no-data resolved rule-changed',
      '200 no-data opened critical',
    ])
    expect(new Set(transitions.map((t) => t.alertId)).size).toBe(3)
  })

  test('is not ended by a clock that is set back to before its rule', () => {
    const later = ruleIndex([
      anEagerRule(),
      anEagerRule({ version: 2, noDataSeconds: 60, effectiveFrom: startAt + 100_000 }),
    ])
    const [missing] = evaluateAt(runScenario(later, [aReading(0, 10)]).state, series, later, startAt + 170_000)
    expect(missing.noData.phase).toBe('firing')
    expect(evaluateAt(missing, series, later, startAt + 90_000)).toEqual([missing, []])
  })

  test('ends with its rule', () => {
    const [missing] = evaluateAt(runScenario(index, [aReading(0, 10)]).state, series, index, startAt + 60_000)
    const removed = anEagerRule({ version: 2, deleted: true, effectiveFrom: startAt + 100_000 })
    const [after, transitions] = evaluateAt(
      missing,
      series,
      ruleIndex([anEagerRule({ noDataSeconds: 60 }), removed]),
      startAt + 101_000,
    )
    expect(transitionWords(transitions)).toEqual(['100 no-data resolved rule-changed'])
    expect(after).toMatchObject({ rule: null, noData: { phase: 'ok' } })
  })
})
