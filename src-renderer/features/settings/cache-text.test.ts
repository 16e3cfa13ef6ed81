import { describe, expect, it } from 'vitest'
import { aCacheUsage } from '../../bridge/cache-builders.ts'
import { compactText, deleteText, forecastText, lastDays } from './cache-text.ts'

const now = Date.UTC(2026, 10, 24, 12)
const style = () => ({ offsetMinutes: 0 })
const context = { now, keepDays: 30, style }
const plain = (text: string): string => text.replaceAll('\u202f', ' ')

describe('the sentence about the limit', () => {
  const usage = aCacheUsage({ now })

  it('says when it is reached and what goes first, before it happens', () => {
    expect(plain(forecastText(usage, context))).toBe(
      'At 118 MB a day, 2.0 GB are full on 2026-11-28. From then on the oldest chunks go, ' +
        'beginning with 2026-11-11; nothing goes before.',
    )
  })

  it('says that the limit of age comes first', () => {
    expect(plain(forecastText({ ...usage, fullAt: null, firstToGo: null }, { ...context, keepDays: 14 }))).toBe(
      'Samples go when they are older than 14 days. At 118 MB a day, 2.0 GB are not full before.',
    )
  })

  it('says what goes now', () => {
    expect(plain(forecastText({ ...usage, fullAt: now }, context))).toBe(
      '2.0 GB are full: as new samples come, the oldest chunks go, now those of 2026-11-11.',
    )
  })

  it('of an empty cache', () => {
    expect(forecastText({ ...usage, oldest: null, days: [] }, context)).toBe('Nothing is stored yet.')
  })

  it('of a cache without a rate', () => {
    const still = { ...usage, days: [], fullAt: null, firstToGo: null }
    expect(plain(forecastText(still, { ...context, keepDays: 1 }))).toBe(
      'Samples go when they are older than a day, or when 2.0 GB are full.',
    )
  })
})

it('compacting says how much it gives back', () => {
  expect(plain(compactText(aCacheUsage({ now, free: 61e6, wal: 0 })))).toContain('about 61 MB')
  expect(compactText(aCacheUsage({ now, free: 4096, wal: 0 }))).toBe('There is nothing to give back now.')
})

it('deleting says what goes, and what stays', () => {
  const text = deleteText('Production', aCacheUsage({ now }))
  expect(plain(text)).toMatch(/of Production are deleted, 1\.\d+ GB in all\. Thresholds and queued actions stay\./)
  expect(deleteText('Production', undefined)).toContain('are deleted. Thresholds')
})

it('days without samples are days, too', () => {
  const days = lastDays(aCacheUsage({ now, days: [{ day: '2026-11-22', bytes: 5 }] }), { now, style }, 3)
  expect(days).toEqual([
    { day: '2026-11-22', bytes: 5 },
    { day: '2026-11-23', bytes: 0 },
    { day: '2026-11-24', bytes: 0 },
  ])
})
