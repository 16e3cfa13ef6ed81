import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { durationInput, formatDuration, formatDurationShort, formatLag, parseDuration } from './duration.ts'
import {
  formatBytes,
  formatCount,
  formatLargeCount,
  formatLevel,
  formatShortValue,
  formatValue,
  formatValueBeside,
} from './number.ts'
import { ago, agoExact, formatClock, formatClockMinutes, formatDate, formatDateTime, formatRfc3339 } from './time.ts'

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
    [0, '%', '0.0 %'],
    [0.5, '%', '0.5 %'],
    [0.52, '%', '0.52 %'],
    [0.996, '%', '1.0 %'],
    [-0.04, '%', '\u22120.04 %'],
    [0.001, '%', '0.001 %'],
    [0.0049, 'MB/s', '0.0049 MB/s'],
    [0.000_012, '', '1.2e\u22125'],
    [-1234.5, '', '\u22121,235'],
    [123_457, '%', '123,457 %'],
    [1_234_567, '%', '1.23e+6 %'],
    [123_457, 'MB/s', '123 GB/s'],
    [-123_457, 'MB/s', '\u2212123 GB/s'],
    [99_999.6, 'MB/s', '100 GB/s'],
    [999_999, 'MB/s', '1.00 TB/s'],
    [123_457, 'Mbps', '123 Gbps'],
    [123_457, 'KB', '123 MB'],
    [1_234_567, 'bytes', '1.23 MB'],
    [131_072, 'KiB', '128 MiB'],
    [123_457, 'ms', '123 s'],
    [1_234_567, 's', '14.3 d'],
    [123_457, '', '123 k'],
    [1_234_567, 'requests/s', '1.23 M requests/s'],
    [123_457, 'm/s', '123 k m/s'],
    [1.7e308, 'MB/s', '1.7e+308 MB/s'],
    [-1.7e308, '', '\u22121.7e+308'],
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
    [250_000, 'MB/s', '250 GB/s'],
    [123_456.789, 'MB/s', '123.456789 GB/s'],
    [123_457, 's', '123,457 s'],
    [1e-7, '', '1e\u22127'],
    [-1e15, '%', '\u22121,000,000,000,000,000 %'],
  ])('formatLevel(%s, %j) is %j', (level, unit, text) => {
    expect(plain(formatLevel(level, unit))).toBe(text)
  })

  test.each([
    [43.4, '43 %'],
    [9.96, '10 %'],
    [4.26, '4.3 %'],
    [0.004, '0.004 %'],
    [123_457, '123,457 %'],
    [NaN, '–'],
  ])('formatShortValue(%s, "%%") is %j', (value, text) => {
    expect(plain(formatShortValue(value, '%'))).toBe(text)
  })

  test.each([
    [97.2, 95, '%', '97.2 %'],
    [95.04, 95, '%', '95.04 %'],
    [94.99, 95, '%', '94.99 %'],
    [95, 95, '%', '95 %'],
    [95.04, 95.04, '%', '95.04 %'],
    [0.001, 0, '', '0.001'],
    [1e-9, 0, '', '1e\u22129'],
    [123_000.4, 123_000, 'MB/s', '123.0004 GB/s'],
    [123_457, 123_457, 's', '123,457 s'],
  ])('formatValueBeside(%s, [%s], %j) is %j', (value, level, unit, text) => {
    expect(plain(formatValueBeside(value, [level], unit))).toBe(text)
  })

  test('a value between two levels prints like neither', () => {
    expect(plain(formatValueBeside(75.04, [85, 75], '%'))).toBe('75.04 %')
    expect(plain(formatValueBeside(84.96, [85, 75], '%'))).toBe('84.96 %')
  })

  test('a value and a level that differ never print alike, and the text is on the right side of the level', () => {
    const values = fc.double({ min: -1e15, max: 1e15, noNaN: true })
    const levels = fc.oneof(
      fc.integer({ min: -1000, max: 1000 }),
      fc.integer({ min: -1e7, max: 1e7 }).map((n) => n / 100),
    )
    const near = fc
      .tuple(levels, fc.double({ min: -1, max: 1, noNaN: true }))
      .map(([level, off]) => [level + off, level] as const)
    fc.assert(
      fc.property(
        fc.oneof(near, fc.tuple(values, levels)),
        fc.constantFrom('%', '', 'MB/s', 's', 'KiB'),
        ([value, level], unit) => {
          fc.pre(Number(value.toPrecision(15)) !== level)
          expect(formatValueBeside(value, [level], unit)).not.toBe(formatLevel(level, unit))
        },
      ),
      { numRuns: 5000 },
    )
  })

  test('a known value other than 0 is never shown as 0', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom('%', '', 'MB/s', 'ms', 'KiB'),
        (value, unit) => {
          fc.pre(value !== 0)
          for (const text of [formatValue(value, unit), formatShortValue(value, unit)]) expect(text).toMatch(/[1-9]/)
        },
      ),
      { numRuns: 5000 },
    )
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

  test('have AM and PM on a 12-hour clock', () => {
    const hours = [0, 1, 11, 12, 13, 23].map((hour) => Date.UTC(2026, 10, 24, hour, 2, 11))
    const style = { offsetMinutes: 0, hour12: true }
    expect(hours.map((time) => plain(formatClockMinutes(time, style)))).toEqual([
      '12:02 AM',
      '1:02 AM',
      '11:02 AM',
      '12:02 PM',
      '1:02 PM',
      '11:02 PM',
    ])
    expect(plain(formatDateTime(at, { offsetMinutes: 60, hour12: true }))).toBe('2026-11-25 12:02:11 AM')
  })

  test('of a file have the offset of their zone', () => {
    expect([0, 60, -330, 345].map((offset) => formatRfc3339(at, offset))).toEqual([
      '2026-11-24T23:02:11.045Z',
      '2026-11-25T00:02:11.045+01:00',
      '2026-11-24T17:32:11.045-05:30',
      '2026-11-25T04:47:11.045+05:45',
    ])
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
      fc.property(
        instants,
        (date) =>
          formatDateTime(date.getTime(), 0) === written(date) &&
          formatRfc3339(date.getTime(), 0) === date.toISOString(),
      ),
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
    expect([60_000, 3_000_000].map((ahead) => plain(agoExact(at + ahead, at)))).toEqual(['0.0 s ago', '50 m ahead'])
    expect(plain(ago(at + 3_000_000, at))).toBe('50 m ahead')
  })
})
