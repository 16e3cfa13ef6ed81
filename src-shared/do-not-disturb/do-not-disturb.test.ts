import { describe, expect, test } from 'vitest'
import {
  activePause,
  afterClock,
  canExtend,
  choiceEnd,
  ended,
  extended,
  isHeldBack,
  withChoice,
} from './do-not-disturb.ts'
import type { DoNotDisturbState, NotificationTopic } from './do-not-disturb.ts'
import { initialQuietHours } from './quiet-hours.ts'
import type { QuietSchedule } from './quiet-hours.ts'

const minutes = 60_000
const hours = 60 * minutes
/** A Tuesday, 12:04 UTC. */
const noon = Date.UTC(2026, 10, 24, 12, 4)
const utc = (): number => 0
const no: QuietSchedule = { hours: initialQuietHours, offsetAt: utc }
/** Mon to Fri, 22:00 to 07:00. */
const nights: QuietSchedule = { hours: { ...initialQuietHours, on: true }, offsetAt: utc }
const chosen = (choice: '15m' | '1h' | '4h' | 'morning', now = noon): DoNotDisturbState =>
  withChoice({}, choice, { now, offsetAt: utc })

describe('a pause', () => {
  test.each([
    ['15m', 15 * minutes],
    ['1h', hours],
    ['4h', 4 * hours],
    ['morning', 19 * hours + 56 * minutes],
  ] as const)('of %s ends', (choice, length) => {
    expect(activePause(chosen(choice), no, noon)).toEqual({ until: noon + length, cause: 'pause', choice })
    expect(activePause(chosen(choice), no, noon + length)).toBeUndefined()
  })

  test('until the morning, at night, ends the same day', () => {
    expect(choiceEnd('morning', Date.UTC(2026, 10, 24, 3), utc)).toBe(Date.UTC(2026, 10, 24, 8))
    expect(choiceEnd('morning', Date.UTC(2026, 10, 24, 8), utc)).toBe(Date.UTC(2026, 10, 25, 8))
  })

  test('is replaced by the next choice, and extended by 15 minutes, but never beyond a day from now', () => {
    const later = withChoice(chosen('4h'), '15m', { now: noon + minutes, offsetAt: utc })
    expect(activePause(later, no, noon + minutes)?.until).toBe(noon + 16 * minutes)
    let state = chosen('1h')
    for (let times = 0; times < 200; times++) {
      const active = activePause(state, no, noon)
      if (active) state = extended(state, active, noon)
    }
    const active = activePause(state, no, noon)
    expect(active).toEqual({ until: noon + 24 * hours, cause: 'pause' })
    expect(active && canExtend(active, noon)).toBe(false)
  })

  test('ends by hand', () => {
    expect(activePause(ended({ ...chosen('4h'), heldSince: noon }, no, noon), no, noon)).toBeUndefined()
    expect(ended({ ...chosen('4h'), heldSince: noon }, no, noon)).toEqual({ heldSince: noon })
  })

  test('keeps its length when the clock was set back by a year', () => {
    const back = noon - 365 * 24 * hours
    const state = afterClock(chosen('15m'), back)
    expect(activePause(state, no, back)?.until).toBe(back + 15 * minutes)
    expect(afterClock(state, back + minutes)).toBe(state)
  })
})

describe('quiet hours', () => {
  const [evening, night, morning] = [
    Date.UTC(2026, 10, 24, 21, 50),
    Date.UTC(2026, 10, 24, 23),
    Date.UTC(2026, 10, 25, 7),
  ]

  test('hold back by themselves', () => {
    expect(activePause({}, nights, night)).toEqual({ until: morning, cause: 'quiet-hours' })
    expect(activePause({}, nights, noon)).toBeUndefined()
  })

  test('that follow a pause are one with it', () => {
    expect(activePause(chosen('15m', evening), nights, evening)).toEqual({ until: morning, cause: 'pause' })
    expect(activePause(chosen('15m', night), nights, night)?.until).toBe(morning)
  })

  test('are longer by a pause beyond their end', () => {
    const active = activePause({}, nights, night)
    if (!active) throw new Error('not quiet')
    expect(activePause(extended({}, active, night), nights, night)?.until).toBe(morning + 15 * minutes)
  })

  test('that a person ended begin again the next night', () => {
    const state = ended({}, nights, night)
    expect(activePause(state, nights, night)).toBeUndefined()
    expect(activePause(state, nights, night + 24 * hours)?.until).toBe(morning + 24 * hours)
    const again = withChoice(state, '15m', { now: night, offsetAt: utc })
    expect(activePause(again, nights, night)).toEqual({ until: night + 15 * minutes, cause: 'pause', choice: '15m' })
  })
})

describe('a notification is held back', () => {
  const critical: NotificationTopic = { kind: 'alert', severity: 'critical' }
  const blind: NotificationTopic = { kind: 'blind' }
  const others: NotificationTopic[] = [
    { kind: 'alert', severity: 'warning' },
    { kind: 'digest' },
    { kind: 'information' },
  ]
  const on = (criticalBreaksThrough: boolean) => ({ until: noon + hours, criticalBreaksThrough })

  test('unless it is critical or blindness, which break through', () => {
    expect([critical, blind].map((topic) => isHeldBack(topic, on(true), noon))).toEqual([false, false])
    expect(others.every((topic) => isHeldBack(topic, on(true), noon))).toBe(true)
  })

  test('whatever it is, if nothing breaks through', () => {
    expect([critical, blind, ...others].every((topic) => isHeldBack(topic, on(false), noon))).toBe(true)
  })

  test('never while do not disturb is off, nor after its end', () => {
    for (const topic of [critical, blind, ...others]) {
      expect(isHeldBack(topic, { until: undefined, criticalBreaksThrough: false }, noon)).toBe(false)
      expect(isHeldBack(topic, on(false), noon + hours)).toBe(false)
    }
  })
})
