import { expect, test } from 'vitest'
import { momentText, parseMoment } from './moment-text.ts'

/** Zurich in 2026: summer time ends on 25 October, 03:00. */
const offsetAt = (at: number): number => (at < Date.parse('2026-10-25T01:00:00Z') ? 120 : 60)
const clock = { now: Date.parse('2026-10-24T10:04:31Z'), offsetAt }
const read = (text: string): string | undefined => {
  const at = parseMoment(text, clock)
  return at === undefined ? undefined : new Date(at).toISOString()
}

test.each([
  ['2h', '2026-10-24T12:04:31.000Z'],
  ['1d 12h', '2026-10-25T22:04:31.000Z'],
  ['14:30', '2026-10-24T12:30:00.000Z'],
  ['2:30 pm', '2026-10-24T12:30:00.000Z'],
  ['12:00 AM', '2026-10-24T22:00:00.000Z'],
  ['08:00', '2026-10-25T07:00:00.000Z'],
  ['2026-10-26 08:00', '2026-10-26T07:00:00.000Z'],
  ['2026-10-26T08:00', '2026-10-26T07:00:00.000Z'],
  ['2026-10-25 02:30', '2026-10-25T00:30:00.000Z'],
])('%s is read as %s', (text, at) => expect(read(text)).toBe(at))

test.each([
  '',
  'tomorrow',
  '25:00',
  '14:60',
  '13:00 PM',
  '0:30 am',
  '2026-02-30 08:00',
  '2026-13-01 08:00',
  '30 Nov',
  '-2h',
])('%j is no moment', (text) => expect(read(text)).toBeUndefined())

test('a moment is written as it is read, after the change of the clocks too', () => {
  for (const text of ['2026-10-24 14:30', '2026-10-26 08:00'])
    expect(momentText(parseMoment(text, clock) ?? NaN, clock)).toBe(text)
})
