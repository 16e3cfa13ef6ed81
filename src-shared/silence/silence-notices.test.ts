import { expect, test } from 'vitest'
import { minuteMs } from '../format/time-units.ts'
import type { Silence } from './silence.ts'
import { aSilence, aWeekly } from './silence-builders.ts'
import { type KnownWindow, silenceNotices } from './silence-notices.ts'

const silence = aSilence()
const { startsAt, endsAt } = { startsAt: 1_000_000, endsAt: 8_200_000 }

/** A console that looks at these times. `listOf`: the silences that it knows then. */
function watched(times: readonly number[], listOf: (now: number) => readonly Silence[] = () => [silence]): string[] {
  let known: readonly KnownWindow[] = []
  return times.flatMap((now) => {
    const step = silenceNotices(listOf(now), known, { now })
    known = step.known
    return step.notices.map(({ kind, at }) => `${at} ${kind}`)
  })
}
const every = (ms: number, from: number, to: number): number[] =>
  Array.from({ length: Math.floor((to - from) / ms) + 1 }, (_, i) => from + i * ms)
const all = [`${startsAt} began`, `${endsAt - 10 * minuteMs} ends-soon`, `${endsAt} ended`]

test.each([1000, 7300, 30_000])('each notice is due once, looked at every %d ms', (ms) => {
  expect(watched(every(ms, 900_000, 9_000_000))).toEqual(all)
})

test('what happened while the console was closed or asleep is not announced', () => {
  expect(watched([900_000, startsAt + 2 * minuteMs])).toEqual([])
  expect(watched([startsAt, endsAt + 2 * minuteMs, endsAt + 3 * minuteMs])).toEqual([`${startsAt} began`])
  expect(watched([startsAt + 2 * minuteMs, endsAt + 2000])).toEqual([`${endsAt} ended`])
})

test('a short one has no notice before its end', () => {
  const short = aSilence({ schedule: { kind: 'once', startsAt, endsAt: startsAt + 5 * minuteMs } })
  expect(watched(every(1000, 900_000, 2_000_000), () => [short])).toEqual([
    `${startsAt} began`,
    `${startsAt + 5 * minuteMs} ended`,
  ])
})

test('one that a person ended has ended then, and has no notice before', () => {
  const expired = { ...silence, version: 2, expiredAt: 3_000_000 }
  const list = (now: number): Silence[] => [now < 3_002_000 ? silence : expired]
  expect(watched(every(1000, 900_000, 9_000_000), list)).toEqual([`${startsAt} began`, '3000000 ended'])
})

test('one that arrives a moment after it began is announced', () => {
  expect(
    watched(every(1000, startsAt - 5000, startsAt + 5000), (now) => (now < startsAt + 2000 ? [] : [silence])),
  ).toEqual([`${startsAt} began`])
})

test('one that is extended after the notice before its end has that notice again', () => {
  const longer: Silence = { ...silence, version: 2, schedule: { kind: 'once', startsAt, endsAt: endsAt + 3_600_000 } }
  const list = (now: number): Silence[] => [now < endsAt - 5 * minuteMs ? silence : longer]
  expect(watched(every(1000, 900_000, endsAt + 3_700_000), list)).toEqual([
    `${startsAt} began`,
    `${endsAt - 10 * minuteMs} ends-soon`,
    `${endsAt + 3_600_000 - 10 * minuteMs} ends-soon`,
    `${endsAt + 3_600_000} ended`,
  ])
})

test('one that is gone, because the backend refused it, is forgotten without a notice', () => {
  expect(watched(every(1000, startsAt, startsAt + 9000), (now) => (now < startsAt + 3000 ? [silence] : []))).toEqual([
    `${startsAt} began`,
  ])
})

test('each window of a maintenance window is announced, also over a change of the clocks', () => {
  const weekly = aSilence({ schedule: aWeekly() })
  // 2026-10-25 02:00 to 04:00 in Zurich lasts three hours: the clocks are set back at 03:00.
  const begins = Date.UTC(2026, 9, 25, 0)
  expect(watched(every(30_000, begins - 60_000, begins + 4 * 3_600_000), () => [weekly])).toEqual([
    `${begins} began`,
    `${begins + 170 * minuteMs} ends-soon`,
    `${begins + 180 * minuteMs} ended`,
  ])
})

test('what is known stays the same object while nothing changes, so that it is stored only when it does', () => {
  const { known } = silenceNotices([silence], [], { now: startsAt + 1000 })
  expect(silenceNotices([silence], known, { now: startsAt + 2000 }).known).toBe(known)
})
