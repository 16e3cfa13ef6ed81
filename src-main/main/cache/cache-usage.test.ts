import { expect, test } from 'vitest'
import { defaultRetention } from '#shared/retention/retention.ts'
import { CacheUsage } from '#shared/ipc/app-views.ts'
import type { DataThreadUsage, StoredUsage } from '../../threads/cache-usage.ts'
import { cacheUsageOf } from './cache-usage.ts'

const now = Date.UTC(2026, 10, 24, 12)
const data: DataThreadUsage = {
  data: 1_000_000,
  free: 50_000,
  wal: 20_000,
  onDisk: 1_070_000,
  journal: 100_000,
  chunks: 700_000,
  nodes: 3,
  series: 12,
  values: 500_000,
  largest: [{ id: 'n', name: 'N', series: 4, bytes: 400_000 }],
  oldestInHeads: now - 3_600_000,
  limits: defaultRetention,
  compactedAt: null,
}
const stored: StoredUsage = {
  days: [{ at: Date.UTC(2026, 10, 24), bytes: 700_000 }],
  oldest: Date.UTC(2026, 10, 24, 1),
  alerts: 7,
  history: 30_000,
}
const facts = { now, logs: 9000, diskFree: 5e9, dayOf: (at: number) => new Date(at).toISOString().slice(0, 10) }

test('samples, journal, history, free pages and log add up to the files, and the reply fits its contract', () => {
  const usage = cacheUsageOf(data, stored, facts)
  expect(CacheUsage.parse(usage)).toEqual(usage)
  expect(usage.samples + usage.journal + usage.history + usage.free + usage.wal).toBe(usage.total)
  expect(usage).toMatchObject({ limit: 2e9, oldest: stored.oldest, days: [{ day: '2026-11-24', bytes: 700_000 }] })
})

test('a new cache has its oldest sample in no chunk yet', () => {
  const usage = cacheUsageOf(data, { ...stored, days: [], oldest: null }, { ...facts, diskFree: undefined })
  expect(usage.oldest).toBe(data.oldestInHeads)
  expect('diskFree' in usage).toBe(false)
  expect([usage.fullAt, usage.firstToGo]).toEqual([null, null])
})
