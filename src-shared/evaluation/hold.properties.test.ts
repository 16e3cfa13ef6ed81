import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Reading } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import { ruleIndex } from '../rule/rule-index.ts'
import { longestHoldSeconds, type MetricRule } from '../rule/rule.ts'
import { emptySeries, evaluate } from './evaluate.ts'
import { holdMsOf } from './hold.ts'
import { breaches, clears } from './levels.ts'
import { anEagerRule, aReading, ruleId, runScenario, series, startAt, transitionWords } from './scenario.ts'
import type { SeriesState } from './series-state.ts'

const many = { numRuns: 2000 }

/** Levels 7, 9 and 4, some of them absent. */
const rules = fc
  .record({
    levels: fc.constantFrom(
      { warning: 7, critical: 9, clear: 4 },
      { warning: 7, critical: 9 },
      { warning: 7, clear: 4 },
      { critical: 9, clear: 4 },
    ),
    forSeconds: fc.constantFrom(0, 0, 2, 5),
    holdSeconds: fc.constantFrom(1, 3, 10, 60),
  })
  .map(({ levels, ...own }): MetricRule => {
    const { warning: _w, critical: _c, clear: _l, ...rest } = anEagerRule()
    return { ...rest, ...levels, ...own }
  })

/** Mostly clear, often around the levels. Mostly a second apart, with late records and pauses. */
const readings = fc
  .array(fc.tuple(fc.constantFrom(0, 1, 1, 1, 1, 2, 7, 40, -1, -3), fc.constantFrom(1, 1, 1, 2, 3, 5, 6, 8, 8, 10)), {
    maxLength: 120,
  })
  .map((steps) => {
    let second = 0
    return steps.map(([step, value], offset) => {
      second += Math.max(0, step)
      return aReading(step < 0 ? second + step : second, value, offset)
    })
  })

/** An evaluator without holds, written anew: what version 0.1.0 does under one rule. */
class WithoutHold {
  readonly words: string[] = []
  readonly #rule: MetricRule
  #since: number | undefined
  #criticalSince: number | undefined
  #severity: 'warning' | 'critical' | undefined

  constructor(rule: MetricRule) {
    this.#rule = rule
  }

  read({ at, value }: Reading): void {
    const { critical = Infinity } = this.#rule
    if (this.#ends(value)) {
      if (this.#severity !== undefined) this.#say(at, 'resolved cleared')
      this.#since = this.#criticalSince = this.#severity = undefined
      return
    }
    this.#criticalSince = value > critical ? (this.#criticalSince ?? at) : undefined
    const isNew = this.#since === undefined
    this.#since ??= at
    const before = this.#severity
    this.#severity = this.#severityAt(at, value)
    if (this.#severity === before) {
      if (isNew) this.#say(at, 'pending')
    } else if (before === undefined) this.#say(at, `opened ${this.#severity}`)
    else this.#say(at, this.#severity === 'critical' ? 'escalated critical' : 'eased warning')
  }

  #ends(value: number): boolean {
    const { warning, critical = Infinity, clear } = this.#rule
    const breaches = value > (warning ?? critical)
    return this.#severity === undefined || clear === undefined ? !breaches : value < clear
  }

  #severityAt(at: number, value: number): 'warning' | 'critical' | undefined {
    const isCritical = this.#hasHeld(this.#criticalSince, at)
    if (this.#severity === undefined && !this.#hasHeld(this.#since, at)) return undefined
    if (this.#severity !== 'critical') return isCritical ? 'critical' : 'warning'
    return value > (this.#rule.warning ?? -Infinity) ? 'critical' : 'warning'
  }

  #hasHeld(from: number | undefined, at: number): boolean {
    return from !== undefined && at - from >= this.#rule.forSeconds * 1000
  }

  #say(at: number, word: string): void {
    this.words.push(`${(at - startAt) / 1000} ${word}`)
  }
}

function withoutHold(rule: MetricRule, input: readonly Reading[]): string[] {
  const evaluator = new WithoutHold(rule)
  for (const reading of input) evaluator.read(reading)
  return evaluator.words
}

/** Steps between the newest event times of these readings, ms. */
function stepsOf(input: readonly Reading[], newestBefore: number): number[] {
  let newest = newestBefore
  return input.map(({ at }) => {
    const step = Math.max(0, at - newest)
    newest = Math.max(newest, at)
    return step
  })
}

test('a rule without a hold evaluates as before holds existed, and leaves nothing of them in the state', () => {
  fc.assert(
    fc.property(rules, readings, fc.boolean(), ({ holdSeconds: _, ...rule }, input, isZero) => {
      const index = ruleIndex([isZero ? { ...rule, holdSeconds: 0 } : rule])
      const { state, words } = runScenario(index, input)
      expect(words).toEqual(withoutHold(rule, input))
      expect(JSON.stringify(state)).not.toMatch(/hold|ended|refires/)
    }),
    many,
  )
})

test('a restart after any record changes nothing', () => {
  fc.assert(
    fc.property(rules, readings, (rule, input) => {
      const index = ruleIndex([rule])
      const transitions: Transition[] = []
      let state = emptySeries
      for (const reading of input) {
        const [next, more] = evaluate(JSON.parse(JSON.stringify(state)) as SeriesState, series, index, reading)
        state = next
        transitions.push(...more)
      }
      expect({ state, words: transitionWords(transitions) }).toMatchObject({
        state: runScenario(index, input).state,
        words: runScenario(index, input).words,
      })
    }),
    many,
  )
})

test('no alert resolves before every value in the log was clear for its hold, without a pause', () => {
  fc.assert(
    fc.property(rules, readings, (rule, input) => {
      const index = ruleIndex([rule])
      let state = emptySeries
      let refires = 0
      input.forEach((reading, i) => {
        const [next, transitions] = evaluate(state, series, index, reading)
        state = next
        for (const t of transitions) {
          if (t.kind === 'opened') refires = t.refires ?? 0
          if (t.kind !== 'resolved') continue
          const holdMs = Math.min(rule.holdSeconds ?? 0, longestHoldSeconds) * 1.5 ** refires * 1000
          const from = input.findLastIndex((one, n) => n < i && !clears(rule, one.value)) + 1
          const newest = (end: number) => input.slice(0, end).reduce((max, { at }) => Math.max(max, at), -Infinity)
          const { clearSince = Infinity } = t
          expect(clearSince).toBeGreaterThanOrEqual(newest(from + 1))
          expect(reading.at - clearSince).toBeGreaterThanOrEqual(holdMs)
          // No step of the hold is a pause: longer than 15 s and three times the longest one before it.
          const calm = input.findLastIndex((one, n) => n < i && breaches(rule, one.value)) + 1
          let longest = 0
          stepsOf(input.slice(calm, i + 1), newest(calm)).forEach((step, n) => {
            if (newest(calm + n) >= clearSince) expect(step).toBeLessThanOrEqual(Math.max(15_000, 3 * longest))
            longest = Math.max(longest, step)
          })
        }
      })
    }),
    many,
  )
})

test('values that stay clear end any alert within 30 minutes and one step', () => {
  const base = fc.integer({ min: 1, max: longestHoldSeconds })
  fc.assert(
    fc.property(base, fc.nat(1000), fc.integer({ min: 1, max: 15 }), (holdSeconds, refires, step) => {
      const rule = anEagerRule({ holdSeconds })
      expect(holdMsOf(rule, refires)).toBeLessThanOrEqual(longestHoldSeconds * 1000)
      const alertId = '00000000-0000-8000-8000-000000000007'
      const since = aReading(0, 90)
      const state: SeriesState = {
        ...emptySeries,
        rule: { id: ruleId, version: 1 },
        episode: { phase: 'firing', since, alertId, severity: 'warning', refires },
        last: since,
      }
      const count = Math.ceil(longestHoldSeconds / step) + 1
      const input = Array.from({ length: count }, (_, i) => aReading((i + 1) * step, 70, i + 1))
      expect(runScenario(ruleIndex([rule]), input, state).transitions.map(({ kind }) => kind)).toEqual(['resolved'])
    }),
    { numRuns: 200 },
  )
})

test('a longer hold never gives more alerts', () => {
  fc.assert(
    fc.property(rules, readings, (rule, input) => {
      const opened = (holdSeconds: number) => {
        const { transitions } = runScenario(ruleIndex([{ ...rule, holdSeconds }]), input)
        return transitions.filter(({ kind }) => kind === 'opened').length
      }
      expect(opened(rule.holdSeconds ?? 0)).toBeLessThanOrEqual(opened(0))
    }),
    many,
  )
})
