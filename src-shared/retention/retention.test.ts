import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayMs, hourMs } from '../format/time-units.ts'
import { bytesPerDay, forecastFull, nextStep, spaceLimits, type FullFacts } from './retention.ts'

const now = Date.UTC(2026, 10, 24, 12)
const midnight = Date.UTC(2026, 10, 24)
const gigabyte = 1e9

/** `count` days with as many bytes each, the last one is today. */
function daysOf(count: number, bytes: number, today = bytes / 2): FullFacts['days'] {
  return Array.from({ length: count }, (_, i) => ({
    at: midnight - (count - 1 - i) * dayMs,
    bytes: i === count - 1 ? today : bytes,
  }))
}

describe('the limit of size', () => {
  const sizes = { data: gigabyte, free: 0, wal: 0, onDisk: gigabyte }

  it.each([
    ['within the limit nothing goes', { ...sizes }, 2, { kind: 'none' }],
    ['free pages within the limit stay for new data', { ...sizes, free: 5e8, onDisk: 1.5e9 }, 2, { kind: 'none' }],
    ['above it, free pages are given back first', { ...sizes, free: 2e9, onDisk: 3e9 }, 2, { kind: 'give back' }],
    ['data above it goes', { ...sizes, data: 2.1e9, onDisk: 2.1e9 }, 2, { kind: 'drop' }],
    ['data goes before free pages are given back', { data: 3e9, free: 1e9, wal: 0, onDisk: 4e9 }, 2, { kind: 'drop' }],
    ['a file that is long only by its log', { ...sizes, wal: 1e6, onDisk: 2.1e9 }, 2, { kind: 'empty log' }],
    ['the smallest limit', { ...sizes, data: 9e7, onDisk: 9e7 }, 0.1, { kind: 'drop' }],
  ] as const)('%s', (_, given, limit, step) => {
    expect(nextStep(given, { bytes: limit * gigabyte })).toMatchObject(step)
  })

  it('leaves room for the write-ahead log and for a second of records, whatever the limit is', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 10_000, noNaN: true }), (limit) => {
        const bytes = limit * gigabyte
        const { data, log, slack } = spaceLimits({ bytes })
        expect(data + log).toBeLessThan(bytes)
        expect(data).toBeGreaterThan(0.8 * bytes)
        expect(slack).toBeGreaterThan(0)
        // What a drop leaves needs no further one.
        const dropped = nextStep({ data: data + 1, free: 0, wal: 0, onDisk: data + 1 }, { bytes })
        const left = data + 1 - ('bytes' in dropped ? dropped.bytes : 0)
        expect(nextStep({ data: left, free: data + 1 - left, wal: log, onDisk: data + 1 + log }, { bytes }).kind).toBe(
          'none',
        )
      }),
    )
  })
})

describe('the forecast', () => {
  const facts = { now, retention: { days: 14, bytes: 2 * gigabyte }, data: 1.2e9, oldest: midnight - 9 * dayMs }

  it('follows the rate of today and yesterday', () => {
    expect(bytesPerDay({ ...facts, days: daysOf(10, 118e6) })).toBeCloseTo(118e6, -3)
    expect(bytesPerDay({ ...facts, days: daysOf(10, 118e6, 118e6) })).toBeCloseTo((236e6 / 36) * 24, -3)
  })

  it('says when the limit is reached, and what goes first then', () => {
    const { fullAt, firstToGo } = forecastFull({
      ...facts,
      retention: { days: 30, bytes: 2e9 },
      days: daysOf(10, 118e6),
    })
    const { data } = spaceLimits({ bytes: 2e9 })
    expect(fullAt).toBeGreaterThan(now + ((data - 1.2e9) / 118e6) * dayMs - hourMs)
    expect(fullAt).toBeLessThan(now + ((data - 1.2e9) / 118e6) * dayMs + 2 * hourMs)
    expect(firstToGo).toBe(midnight - 9 * dayMs)
  })

  it('says nothing if the samples get too old before', () => {
    expect(forecastFull({ ...facts, data: 1e9, days: daysOf(10, 100e6) })).toEqual({ fullAt: null, firstToGo: null })
  })

  it('counts what gets too old meanwhile', () => {
    // Two days with much: they go before the limit is reached.
    const days = [{ at: midnight - 13 * dayMs, bytes: 8e8 }, ...daysOf(2, 100e6)]
    const oldest = midnight - 13 * dayMs
    expect(forecastFull({ ...facts, data: 9.5e8, oldest, days }).fullAt).toBeNull()
    expect(forecastFull({ ...facts, data: 1.85e9, oldest, days }).fullAt).toBeLessThan(now + dayMs)
  })

  it('of a full cache is now', () => {
    const { fullAt, firstToGo } = forecastFull({ ...facts, data: 1.9e9, days: daysOf(10, 118e6) })
    expect([fullAt, firstToGo]).toEqual([now, midnight - 9 * dayMs])
  })

  it.each([
    ['an empty cache', { days: [], oldest: null, data: 1e6 }],
    ['five minutes of samples', { days: [{ at: midnight, bytes: 1e6 }], oldest: now - 300_000, data: 1e6 }],
    [
      'a cache that gets nothing more',
      { days: [{ at: midnight - 5 * dayMs, bytes: 1e9 }], oldest: midnight - 5 * dayMs },
    ],
  ])('of %s is unknown', (_, part) => {
    expect(forecastFull({ ...facts, ...part })).toEqual({ fullAt: null, firstToGo: null })
  })
})
