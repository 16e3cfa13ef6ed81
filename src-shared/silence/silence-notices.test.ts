import { expect, test } from 'vitest'
import { minuteMs } from '../format/time-units.ts'
import { aSilence } from './silence-builders.ts'
import { dueNotices } from './silence-notices.ts'

const silence = aSilence()
const { startsAt, endsAt } = { startsAt: 1_000_000, endsAt: 8_200_000 }
const words = (since: number, now: number, list = [silence]): string[] =>
  dueNotices(list, since, now).map(({ kind, at }) => `${at} ${kind}`)

test('a silence is announced at its start, ten minutes before its end and at its end', () => {
  expect(words(0, 1e9)).toEqual([`${startsAt} began`, `${endsAt - 10 * minuteMs} ends-soon`, `${endsAt} ended`])
})

test('each notice is due once, however time is cut', () => {
  const steps = Array.from({ length: 100 }, (_, i) => words(i * 100_000, (i + 1) * 100_000)).flat()
  expect(steps).toEqual(words(0, 1e7))
})

test('a short one has no notice before its end', () => {
  const short = aSilence({ schedule: { kind: 'once', startsAt, endsAt: startsAt + 5 * minuteMs } })
  expect(words(0, 1e9, [short])).toEqual([`${startsAt} began`, `${startsAt + 5 * minuteMs} ended`])
})

test('one that a person ended has none before that', () => {
  expect(words(0, 1e9, [{ ...silence, expiredAt: 7_000_000 }])).toEqual([`${startsAt} began`, '7000000 ended'])
})
