import { describe, expect, test } from 'vitest'
import { ruleIndex } from '../rule/rule-index.ts'
import { aRule, anId } from '../rule/rule-builders.ts'
import type { MetricRule } from '../rule/rule.ts'
import { emptySeries, evaluate } from './evaluate.ts'
import { holdMsOf } from './hold.ts'
import { aReading, anEagerRule, otherRuleId, runScenario, series, startAt } from './scenario.ts'
import type { SeriesState } from './series-state.ts'
import { afterLoss } from './unknown-start.ts'

/** Warning 85, critical 95, clear 75; fires at once, holds for 10 s. */
const held = (change: Partial<MetricRule> = {}) => ruleIndex([anEagerRule({ holdSeconds: 10, ...change })])

/** `value@second`, in log order: "97@0 70@1". */
function readings(text: string) {
  return text.split(' ').map((part, offset) => {
    const [value, second] = part.split('@').map(Number)
    return aReading(second as number, value as number, offset)
  })
}

const words = (text: string, change?: Partial<MetricRule>) => runScenario(held(change), readings(text)).words

/** One value a second. */
const each = (value: number, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `${value}@${from + i}`).join(' ')

describe('the end of an alert', () => {
  test('resolves once every value was clear for the hold, with the value then and since when it was clear', () => {
    const { transitions, words: all } = runScenario(held(), readings(`97@0 ${each(70, 1, 10)} 69@11 68@12`))
    expect(all).toEqual(['0 opened critical', '11 resolved cleared'])
    expect(transitions[1]).toMatchObject({ value: 69, clearSince: startAt + 1000 })
  })

  test.each([
    ['breaches again', '90@8'],
    ['is no longer clear', '80@8'],
    ['is at the clear level', '75@8'],
  ])('a value that %s ends the hold: the alert goes on under its id, and nothing is said', (_, value) => {
    expect(words(`88@0 ${each(70, 1, 7)} ${value} ${each(70, 9, 18)}`)).toEqual(['0 opened warning'])
    expect(words(`88@0 ${each(70, 1, 7)} ${value} ${each(70, 9, 19)}`)).toEqual([
      '0 opened warning',
      '19 resolved cleared',
    ])
  })

  test('a critical alert keeps its severity during its hold, so a second breach does not escalate', () => {
    const index = held({ forSeconds: 2 })
    const { words: all } = runScenario(index, readings(`${each(97, 0, 2)} 70@3 70@4 ${each(97, 5, 12)}`))
    expect(all).toEqual(['0 pending', '2 opened critical'])
  })

  test('an alert without a clear level is clear where it does not breach', () => {
    const { clear: _, ...rule } = anEagerRule({ holdSeconds: 10 })
    const { words: all } = runScenario(ruleIndex([rule]), readings(`90@0 ${each(85, 1, 11)}`))
    expect(all).toEqual(['0 opened warning', '11 resolved cleared'])
  })

  test('a record within the allowed lateness that is not clear ends the hold; a late clear one does not begin it early', () => {
    expect(words(`97@0 ${each(70, 1, 9)} 90@4 70@11 70@20`)).toEqual(['0 opened critical'])
    expect(words('97@0 97@20 70@5 70@21 70@29')).toEqual(['0 opened critical'])
    expect(words('97@0 97@20 70@5 70@21 70@30')).toEqual(['0 opened critical', '30 resolved cleared'])
  })
})

describe('easing', () => {
  test('a critical alert eases after the hold below its warning level, and resolves after the hold at its clear level', () => {
    const text = `97@0 ${each(80, 1, 5)} ${each(70, 6, 16)}`
    expect(words(text)).toEqual(['0 opened critical', '11 eased warning', '16 resolved cleared'])
    expect(words(text, { holdSeconds: 0 })).toEqual(['0 opened critical', '1 eased warning', '6 resolved cleared'])
  })

  test('a value beyond the warning level again keeps it critical', () => {
    expect(words(`97@0 ${each(80, 1, 9)} 86@10 ${each(80, 11, 20)}`)).toEqual(['0 opened critical'])
  })
})

describe('missing data', () => {
  test('does not count as clear: after a pause the hold begins again', () => {
    expect(words('97@0 70@1 70@2 70@60 70@69')).toEqual(['0 opened critical'])
    expect(words('97@0 70@1 70@2 70@60 70@70')).toEqual(['0 opened critical', '70 resolved cleared'])
  })

  test('a slow metric resolves with the first record after its hold', () => {
    expect(words('97@0 97@300 70@600 70@900')).toEqual(['0 opened critical', '900 resolved cleared'])
  })

  test('a metric that comes in bursts resolves: its second gap is no pause', () => {
    const bursts = [60, 120, 180].map((second) => `70@${second} 70@${second + 1}`).join(' ')
    expect(words(`97@0 70@1 ${bursts}`)).toEqual(['0 opened critical', '120 resolved cleared'])
    expect(words(`97@0 70@1 ${bursts}`, { holdSeconds: 120 })).toEqual(['0 opened critical', '180 resolved cleared'])
  })

  test('after lost records the hold begins again', () => {
    const before = runScenario(held(), readings(`97@0 ${each(70, 1, 9)}`))
    const { words: all } = runScenario(held(), readings(each(70, 12, 22)), afterLoss(before.state, false))
    expect(all).toEqual(['22 resolved cleared'])
  })

  test('after the clock of the node was set back the hold begins again', () => {
    const back = each(70, 3600, 3609)
    const now = [
      ...readings(`97@3599 ${back}`),
      ...[0, 9, 10].map((s, i) => ({ ...aReading(s, 70, 20 + i), recordedAt: startAt + s * 1000 })),
    ]
    expect(runScenario(held(), now).words).toEqual(['3599 opened critical', '10 resolved cleared'])
  })
})

describe('re-fires', () => {
  /** Opens at `from` and is clear from the next second on. */
  const episode = (from: number, holdSeconds: number) => `90@${from} ${each(70, from + 1, from + 1 + holdSeconds)}`

  test('each within an hour of the end before makes the hold half as long again', () => {
    const { transitions, words: all } = runScenario(
      held({ holdSeconds: 8 }),
      readings(`${episode(0, 8)} ${episode(100, 12)} ${episode(200, 18)} ${episode(4000, 8)}`),
    )
    expect(all).toEqual([
      '0 opened warning',
      '9 resolved cleared',
      '100 opened warning',
      '113 resolved cleared',
      '200 opened warning',
      '219 resolved cleared',
      '4000 opened warning',
      '4009 resolved cleared',
    ])
    const opened = transitions.filter(({ kind }) => kind === 'opened')
    expect(opened.map((t) => 'refires' in t && t.refires)).toEqual([false, 1, 2, false])
  })

  test('the hold is at most 30 minutes', () => {
    const rule = aRule({ holdSeconds: 120 })
    const minutes = [0, 1, 2, 3, 6, 7, 50, 5000].map((refires) => holdMsOf(rule, refires) / 60_000)
    expect(minutes).toEqual([2, 3, 4.5, 6.75, 22.78125, 30, 30, 30])
    expect(holdMsOf(aRule(), 5000)).toBe(0)
  })

  test('an end under another rule, or by a change of the rule, does not count', () => {
    const own = anEagerRule({ id: otherRuleId, holdSeconds: 10, scope: { kind: 'node', nodeId: 'node-1' } })
    const rules = [anEagerRule({ holdSeconds: 10 }), { ...own, effectiveFrom: startAt + 50_000 }]
    const { transitions } = runScenario(ruleIndex(rules), readings(`${episode(0, 10)} ${episode(100, 10)}`))
    expect(transitions.filter((t) => 'refires' in t)).toEqual([])
    expect(transitions.at(-1)).toMatchObject({ kind: 'resolved', at: startAt + 111_000 })
  })

  test('an episode that does not fire keeps the count', () => {
    const index = held({ forSeconds: 5 })
    const text = `${each(90, 0, 5)} ${each(70, 6, 16)} 90@20 70@21 ${each(90, 30, 35)}`
    const { state, words: all } = runScenario(index, readings(text))
    expect(all).toEqual([
      '0 pending',
      '5 opened warning',
      '16 resolved cleared',
      '20 pending',
      '30 pending',
      '35 opened warning',
    ])
    expect(state.episode).toMatchObject({ refires: 1 })
  })
})

describe('an edit of the rule', () => {
  const edited = (change: Partial<MetricRule>, text: string, first: Partial<MetricRule> = {}) => {
    const before = anEagerRule({ holdSeconds: 10, ...first })
    const after = { ...before, ...change, version: 2, effectiveFrom: startAt + 5_500, updatedBy: 'ben' }
    return runScenario(ruleIndex([before, after]), readings(text)).words
  }

  test('the hold goes on, with its time if the levels stay', () => {
    const text = `97@0 ${each(70, 1, 16)}`
    expect(edited({ holdSeconds: 8 }, text)).toEqual([
      '0 opened critical',
      '6 rule-changed critical',
      '9 resolved cleared',
    ])
    expect(edited({ clear: 72 }, text)).toEqual(['0 opened critical', '6 rule-changed critical', '16 resolved cleared'])
  })

  test('levels that make the value clear end the alert, and so does a hold that is taken away', () => {
    const resolved = ['0 opened critical', '6 resolved rule-changed']
    expect(edited({ warning: 92, clear: 90 }, `97@0 ${each(88, 1, 16)}`)).toEqual(resolved)
    expect(edited({ holdSeconds: 0 }, `97@0 ${each(70, 1, 16)}`)).toEqual(resolved)
  })

  test('without a level, nothing is held: an edit that leaves only the missing data ends the alert', () => {
    const before = anEagerRule({ holdSeconds: 10 })
    const { warning: _w, critical: _c, clear: _l, ...rest } = before
    const after = { ...rest, noDataSeconds: 20, version: 2, effectiveFrom: startAt + 5_500, updatedBy: 'ben' }
    const { words } = runScenario(ruleIndex([before, after]), readings(`97@0 ${each(70, 1, 8)}`))
    expect(words).toEqual(['0 opened critical', '6 resolved rule-changed'])
  })

  test('a critical alert below its warning level is still held critical', () => {
    const text = `97@0 ${each(80, 1, 12)}`
    expect(edited({ critical: 94 }, text)).toEqual(['0 opened critical', '6 rule-changed critical', '11 eased warning'])
  })

  test('re-fires of a rule count on under its next version, not under another rule', () => {
    const state: SeriesState = {
      ...emptySeries,
      rule: { id: anId(100), version: 1 },
      episode: { phase: 'firing', since: aReading(0, 90), alertId: anId(7), severity: 'warning', refires: 3 },
      last: aReading(0, 90),
    }
    const next = (id: string) => {
      const rules = [
        anEagerRule({ holdSeconds: 10 }),
        anEagerRule({ holdSeconds: 10, id, version: id === anId(100) ? 2 : 1, effectiveFrom: startAt + 1 }),
      ]
      return evaluate(state, series, ruleIndex(rules), aReading(1, 90))[0].episode
    }
    expect(next(anId(100))).toMatchObject({ phase: 'firing', refires: 3 })
    expect(next(otherRuleId)).toMatchObject({ phase: 'firing' })
    expect(next(otherRuleId)).not.toHaveProperty('refires')
  })
})
