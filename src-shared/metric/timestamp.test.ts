import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseTimestamp } from './timestamp.ts'

test.each([
  ['2026-11-24T10:15:30Z', Date.UTC(2026, 10, 24, 10, 15, 30)],
  ['2026-11-24T10:15:30.123456Z', Date.UTC(2026, 10, 24, 10, 15, 30, 123)],
  ['2026-11-24T10:15:30.9Z', Date.UTC(2026, 10, 24, 10, 15, 30, 900)],
  ['2026-11-24T10:15:30.09Z', Date.UTC(2026, 10, 24, 10, 15, 30, 90)],
  ['2026-11-24T10:15:30.999999999Z', Date.UTC(2026, 10, 24, 10, 15, 30, 999)],
  ['2026-11-24t10:15:30z', Date.UTC(2026, 10, 24, 10, 15, 30)],
  ['2026-11-24T10:15:30+02:00', Date.UTC(2026, 10, 24, 8, 15, 30)],
  ['2026-11-24T00:15:30.5-00:30', Date.UTC(2026, 10, 24, 0, 45, 30, 500)],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
  ['1969-12-31T23:59:59.999Z', -1],
])('%s is read', (text, at) => {
  expect(parseTimestamp(text)).toBe(at)
})

test.each([
  ['a day that does not exist', '2026-02-30T10:15:30Z'],
  ['29 February of a common year', '2026-02-29T10:15:30Z'],
  ['29 February of 1900', '1900-02-29T10:15:30Z'],
  ['month 0', '2026-00-10T10:15:30Z'],
  ['month 13', '2026-13-10T10:15:30Z'],
  ['day 0', '2026-11-00T10:15:30Z'],
  ['hour 24', '2026-11-24T24:00:00Z'],
  ['minute 60', '2026-11-24T10:60:00Z'],
  ['a leap second', '2026-12-31T23:59:60Z'],
  ['no zone', '2026-11-24T10:15:30'],
  ['a zone without a colon', '2026-11-24T10:15:30+0200'],
  ['a zone of 24 hours', '2026-11-24T10:15:30+24:00'],
  ['ten fractional digits', '2026-11-24T10:15:30.1234567890Z'],
  ['a point without digits', '2026-11-24T10:15:30.Z'],
  ['a space for the T', '2026-11-24 10:15:30Z'],
  ['a character after the zone', '2026-11-24T10:15:30Z '],
  ['an epoch number', '1795515330'],
  ['digits of another script', '２026-11-24T10:15:30Z'],
  ['nothing', ''],
])('%s is rejected', (_, text) => {
  expect(parseTimestamp(text)).toBeUndefined()
})

test('every instant of years 0 to 9999 is parsed as Date writes it', () => {
  const instants = fc.date({
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(instants, (date) => parseTimestamp(date.toISOString()) === date.getTime()),
    { numRuns: 2000 },
  )
})

test('Date parses every accepted text to the same instant', () => {
  const part = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'))
  const text = fc
    .tuple(
      fc.constantFrom('1900', '2000', '2026', '2028'),
      part(13),
      part(32),
      part(24),
      part(60),
      part(60),
      fc.constantFrom('', '.5', '.123'),
    )
    .map(([y, mo, d, h, mi, s, f]) => `${y}-${mo}-${d}T${h}:${mi}:${s}${f}Z`)
  fc.assert(
    fc.property(text, (candidate) => {
      const at = parseTimestamp(candidate)
      const date = new Date(candidate)
      const isReal = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(candidate.slice(0, 19))
      expect(at).toBe(isReal ? date.getTime() : undefined)
    }),
    { numRuns: 3000 },
  )
})
