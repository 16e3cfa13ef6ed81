import { describe, expect, test } from 'vitest'
import type { NodeAlert } from '../alert/alert.ts'
import { anAlert } from '../alert/alert-builders.ts'
import { applyTransition } from '../alert/apply-transition.ts'
import { ruleIndex } from '../rule/rule-index.ts'
import type { MetricRule } from '../rule/rule.ts'
import { emptySeries } from './evaluate.ts'
import { heldAlertOf } from './held-alert.ts'
import { aReading, anEagerRule, runScenario, series, startAt } from './scenario.ts'
import { adoptEpisode, afterLoss, evaluateWithBackend, takeOfficial } from './unknown-start.ts'

/** Warning 85, critical 95, clear 75; fires at once, without a hold. */
const aFlapRule = (change: Partial<MetricRule> = {}): MetricRule => anEagerRule({ findsFlapping: true, ...change })

/** `value@minute`, in log order: "97@0 70@1"; `value@from-to` is one value a minute. */
function readings(text: string) {
  const parts = text.split(' ').flatMap((part) => {
    const [value, times = ''] = part.split('@')
    const [from, to] = times.split('-').map(Number)
    const minutes = Array.from(
      { length: (to ?? (from as number)) - (from as number) + 1 },
      (_, i) => (from as number) + i,
    )
    return minutes.map((minute) => ({ minute, value: Number(value) }))
  })
  return parts.map(({ minute, value }, offset) => aReading(minute * 60, value, offset))
}

function minutes(text: string, change?: Partial<MetricRule>) {
  const { words, ...rest } = runScenario(ruleIndex([aFlapRule(change)]), readings(text))
  const inMinutes = words.map((word) => word.replace(/^\d+/, (second) => String(Number(second) / 60)))
  return { ...rest, words: inMinutes }
}

/** Opens and ends twice, and opens again. */
const five = '90@0 70@1 90@2 70@3 90@4'
const fiveWords = [
  '0 opened warning',
  '1 resolved cleared',
  '2 opened warning',
  '3 resolved cleared',
  '4 opened warning',
]

describe('the fifth change within ten minutes', () => {
  test('opens the alert, which is flapping at once', () => {
    expect(minutes(five).words).toEqual([...fiveWords, '4 flapping warning'])
  })

  test('an end does not happen: the alert stays open under its id', () => {
    const { words, transitions } = minutes('90@0 97@1 80@2 97@3 70@4 90@5')
    expect(words).toEqual([
      '0 opened warning',
      '1 escalated critical',
      '2 eased warning',
      '3 escalated critical',
      '4 flapping critical',
    ])
    expect(new Set(transitions.map(({ alertId }) => alertId)).size).toBe(1)
    expect(transitions.at(-1)).toMatchObject({ value: 70, threshold: 95 })
  })

  test.each([
    ['four changes are none', '90@0 70@1 90@2 70@3'],
    ['the first of them is ten minutes old', '90@0 70@4 90@6 70@8 90@10'],
    ['the rule does not find it', five],
  ])('is none if %s', (_, text) => {
    const { words } = minutes(text, text === five ? { findsFlapping: false } : {})
    expect(words.filter((word) => word.includes('flapping'))).toEqual([])
  })

  test('changes count across alerts, pending episodes and a hold', () => {
    const held = minutes('90@0 70@1-3 90@4 70@5-8 90@9', { holdSeconds: 120 })
    expect(held.words.at(-1)).toBe('9 flapping warning')
    const slow = minutes('90@0-1 70@2 90@3-4 70@5 90@6-7', { forSeconds: 60 })
    expect(slow.words.slice(-2)).toEqual(['7 opened warning', '7 flapping warning'])
  })
})

describe('a flapping alert', () => {
  test('says nothing more, and resolves once its values were clear for ten minutes', () => {
    const { words, transitions } = minutes(`${five} 70@5 90@6 70@7-16 69@17 69@18`)
    expect(words.slice(5)).toEqual(['4 flapping warning', '17 resolved cleared'])
    expect(transitions.at(-1)).toMatchObject({ value: 69, clearSince: startAt + 7 * 60_000 })
  })

  test('settles with the severity of ten steady minutes; then it changes as any other', () => {
    const { words } = minutes(`90@0 97@1 80@2 97@3 80@4-14 97@15 70@16`)
    expect(words.slice(4)).toEqual([
      '4 flapping critical',
      '14 settled warning',
      '15 escalated critical',
      '16 resolved cleared',
    ])
  })

  test('a value between two levels changes nothing: the alert was clear, and ends at a clear value', () => {
    expect(minutes(`${five} 70@5 80@6-14 80@15 70@16`).words.at(-1)).toBe('16 resolved cleared')
  })

  test('becomes critical, which is said once, after the rule’s for', () => {
    const { words } = minutes(`90@0-1 70@2 90@3-4 70@5 90@6-7 97@8 90@9 97@10-11 70@12 97@13-14`, { forSeconds: 60 })
    expect(words.slice(-2)).toEqual(['7 flapping warning', '11 flapping critical'])
  })

  test('a pause of the data begins the steady time again', () => {
    expect(minutes(`${five} 70@5-9 70@40-49`).words.at(-1)).toBe('4 flapping warning')
    expect(minutes(`${five} 70@5-9 70@40-50`).words.at(-1)).toBe('50 resolved cleared')
  })

  test('so do lost records', () => {
    const { state } = minutes(`${five} 70@5-14`)
    const lost = afterLoss(state, false)
    const { words } = runScenario(ruleIndex([aFlapRule()]), readings('70@15-25'), lost)
    expect(words).toEqual([`${25 * 60} resolved cleared`])
  })

  test('keeps its id and its acknowledgement; one that was given to a warning ends when it becomes critical', () => {
    const { transitions } = minutes(`90@0 97@1 80@2 97@3 70@4`)
    const alert = transitions.reduce<NodeAlert | undefined>(applyTransition, undefined) as NodeAlert
    expect(alert).toMatchObject({ phase: 'firing', severity: 'critical', flappingSince: startAt + 240_000, value: 70 })
    const acknowledgement = { by: 'ada', at: 0, comment: '' }
    const [last] = transitions.slice(-1)
    const again = applyTransition({ ...alert, acknowledgement }, last as NonNullable<typeof last>)
    expect(again?.acknowledgement).toEqual(acknowledgement)
    const warning = { ...alert, severity: 'warning', acknowledgement } as const
    expect(applyTransition(warning, last as NonNullable<typeof last>)).not.toHaveProperty('acknowledgement')
  })

  test('its list says how often it has changed and when it ends', () => {
    const { state } = minutes(`${five} 70@5 90@6 70@7-9`)
    expect(heldAlertOf(state, ruleIndex([aFlapRule()]), undefined)).toMatchObject({
      next: 'resolved',
      since: startAt + 7 * 60_000,
      endsAt: startAt + 17 * 60_000,
      changes: 8,
    })
  })
})

describe('an edit of the rule', () => {
  const edited = (change: Partial<MetricRule>, text: string) => {
    const before = aFlapRule()
    const after = { ...before, ...change, version: 2, effectiveFrom: startAt + 330_000, updatedBy: 'ben' }
    return runScenario(ruleIndex([before, after]), readings(text)).words.slice(6)
  }
  const minute = (count: number) => count * 60

  test('goes on flapping under levels that are as they were, with its time', () => {
    expect(edited({ noDataSeconds: 900 }, `${five} 70@5-15`)).toEqual([
      `${minute(6)} rule-changed warning`,
      `${minute(15)} resolved cleared`,
    ])
  })

  test('under other levels its time begins again', () => {
    expect(edited({ clear: 72 }, `${five} 70@5-16`)).toEqual([
      `${minute(6)} rule-changed warning`,
      `${minute(16)} resolved cleared`,
    ])
  })

  test('that does not find flapping settles it: what is clear ends', () => {
    expect(edited({ findsFlapping: false }, `${five} 90@5-6 70@7`)).toEqual([
      `${minute(6)} rule-changed warning`,
      `${minute(6)} settled warning`,
      `${minute(7)} resolved cleared`,
    ])
    expect(edited({ findsFlapping: false }, `${five} 70@5-6`)).toEqual([`${minute(6)} resolved rule-changed`])
  })
})

describe('a console that does not know earlier changes', () => {
  const index = ruleIndex([aFlapRule()])
  const read = (text: string, from = emptySeries) => {
    let state = from
    const kinds: string[] = []
    for (const reading of readings(text)) {
      const [next, transitions] = evaluateWithBackend(state, series, { index, isStartUnknown: true }, reading)
      state = next
      kinds.push(...transitions.map(({ kind }) => kind))
    }
    return { state, kinds }
  }

  test('finds no flapping itself, and ends no alert before ten clear minutes: the backend may know better', () => {
    expect(read(`${five} 70@5-14`).kinds).toEqual(['opened'])
    expect(read(`${five} 70@5-15`).kinds).toEqual(['opened', 'resolved'])
    expect(read(`${five} 70@5-15`).state.startUnknown).toBeUndefined()
  })

  test('takes over that the alert is flapping, and since when it is not', () => {
    const { state } = read('90@0')
    const official = anAlert({ since: startAt - 60_000, severity: 'warning', ruleId: aFlapRule().id })
    const joined = adoptEpisode(state, official, index)
    expect(joined).toMatchObject({ startUnknown: true, episode: { alertId: official.id } })
    const flapping =
      joined && takeOfficial(joined, { ...official, flappingSince: startAt, severity: 'critical' }, index)
    expect(flapping?.episode).toMatchObject({ severity: 'critical', flapping: { since: startAt } })
    const settled = flapping && takeOfficial(flapping, official, index)
    expect(settled?.episode).not.toHaveProperty('flapping')
  })
})
