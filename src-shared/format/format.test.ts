import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { durationInput, formatDuration, formatDurationShort, formatLag, parseDuration } from './duration.ts'
import { formatBytes, formatCount, formatLargeCount, formatLevel, formatValue } from './number.ts'
import { ago, agoExact, formatClock, formatClockMinutes, formatDate, formatDateTime } from './time.ts'

/** Replaces narrow no-break spaces by plain ones. */
const plain = (text: string): string => text.replaceAll('\u202f', ' ')

describe('numbers', () => {
  test('stand before their unit with a narrow no-break space', () => {
    expect(formatValue(97.24, '%')).toBe('97.2\u202f%')
  })

  test.each([
    [97.25, '%', '97.3 %'],
    [100, '%', '100.0 %'],
    [212.4, 'Mbps', '212 Mbps'],
    [99.94, 'MB/s', '99.9 MB/s'],
    [12_345.6, 'MB/s', '12,346 MB/s'],
    [-0.04, '%', '0.0 %'],
    [-1234.5, '', '\u22121,235'],
    [1e21, '', '1e+21'],
    [null, '%', '–'],
    [undefined, '%', '–'],
    [NaN, '%', '–'],
  ])('formatValue(%s, %j) is %j', (value, unit, text) => {
    expect(plain(formatValue(value, unit))).toBe(text)
  })

  test.each([
    [95, '%', '95 %'],
    [97.5, '%', '97.5 %'],
    [0.1 + 0.2, '', '0.3'],
    [1500, 'MB/s', '1,500 MB/s'],
  ])('formatLevel(%s, %j) is %j', (level, unit, text) => {
    expect(plain(formatLevel(level, unit))).toBe(text)
  })

  test.each([
    [0, '0'],
    [999, '999'],
    [24_720, '24,720'],
    [1_234_567, '1,234,567'],
    [null, '–'],
  ])('formatCount(%s) is %j', (count, text) => {
    expect(formatCount(count)).toBe(text)
  })

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [999.6, '1.0 kB'],
    [1500, '1.5 kB'],
    [182_400_000, '182 MB'],
    [999_950_000, '1.0 GB'],
    [5e15, '5,000 TB'],
    [undefined, '–'],
  ])('formatBytes(%s) is %j', (bytes, text) => {
    expect(plain(formatBytes(bytes))).toBe(text)
  })

  test('large counts are shortened', () => {
    expect([412, 6_200_000].map((count) => plain(formatLargeCount(count)))).toEqual(['412', '6.2 M'])
  })
})

describe('durations', () => {
  test.each([
    [0, '0 s'],
    [-5, '0 s'],
    [999, '0 s'],
    [10_000, '10 s'],
    [120_000, '2 m'],
    [370_000, '6 m 10 s'],
    [3_600_000, '1 h'],
    [5_400_000, '1 h 30 m'],
    [3_601_000, '1 h'],
    [90_061_000, '1 d 1 h'],
    [null, '–'],
  ])('formatDuration(%s) is %j', (ms, text) => {
    expect(plain(formatDuration(ms))).toBe(text)
  })

  test.each([
    [370_000, '6 m'],
    [41_000, '41 s'],
    [NaN, '–'],
  ])('formatDurationShort(%s) is %j', (ms, text) => {
    expect(plain(formatDurationShort(ms))).toBe(text)
  })

  test.each([
    [-3, '0.0 s'],
    [449, '0.4 s'],
    [9999, '9.9 s'],
    [10_000, '10 s'],
    [null, '–'],
  ])('formatLag(%s) is %j', (ms, text) => {
    expect(plain(formatLag(ms))).toBe(text)
  })

  test.each([
    ['0', 0],
    ['2m', 120_000],
    ['1h30m', 5_400_000],
    [' 1h 30m ', 5_400_000],
    ['90s', 90_000],
    ['250ms', 250],
    ['1y2w3d', 31_536_000_000 + 2 * 604_800_000 + 3 * 86_400_000],
  ])('parseDuration(%j) is %s ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test.each(['', '5', '5 minutes', 'm', '1m1h', '1m1m', '-1m', '1.5m', '9'.repeat(30) + 'y'])(
    'parseDuration(%j) is undefined',
    (text) => {
      expect(parseDuration(text)).toBeUndefined()
    },
  )

  test('the text of an input field parses to the same duration', () => {
    expect([0, 120, 5400].map(durationInput)).toEqual(['0', '2m', '1h30m'])
    fc.assert(fc.property(fc.nat(10_000_000), (seconds) => parseDuration(durationInput(seconds)) === seconds * 1000))
  })
})

describe('times', () => {
  const at = Date.UTC(2026, 10, 24, 23, 2, 11, 45)

  test('are written in the given zone', () => {
    expect(formatClock(at, 60)).toBe('00:02:11')
    expect(formatClockMinutes(at, -330)).toBe('17:32')
    expect(formatDate(at, 60)).toBe('2026-11-25')
    expect(formatDateTime(at, 0)).toBe('2026-11-24 23:02:11')
  })

  test('that are unknown are a dash', () => {
    expect([
      formatClock(null, 0),
      formatClockMinutes(NaN, 0),
      formatDate(undefined, 0),
      formatDateTime(null, 0),
    ]).toEqual(['–', '–', '–', '–'])
  })

  test('are written as by Date', () => {
    const instants = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    })
    const written = (date: Date): string => date.toISOString().slice(0, 19).replace('T', ' ')
    fc.assert(
      fc.property(instants, (date) => formatDateTime(date.getTime(), 0) === written(date)),
      { numRuns: 2000 },
    )
  })

  test('ago is one unit, and never in the future', () => {
    expect([12_400, 370_000, -500].map((age) => plain(ago(at - age, at)))).toEqual(['12 s ago', '6 m ago', '0 s ago'])
    expect([840, 12_400, 370_000].map((age) => plain(agoExact(at - age, at)))).toEqual([
      '0.8 s ago',
      '12 s ago',
      '6 m 10 s ago',
    ])
    expect([ago(null, at), agoExact(null, at)]).toEqual(['–', '–'])
  })
})
