import { expect, test } from 'vitest'
import { logTo } from '../threads/thread-log.ts'
import { defaultRetention, spaceLimits } from '#shared/retention/retention.ts'
import { CacheMaintenance, type CacheMaintenanceDeps } from './cache-maintenance.ts'
import { CacheRetention } from './cache-retention.ts'

const day = 86_400_000

type Store = CacheMaintenanceDeps['store']

/** The parts of a store that every test has: small files, and single values. */
function parts(sizes = { data: 0, free: 0, wal: 0, onDisk: 0 }) {
  const calls: string[] = []
  const values = new Map<string, string>()
  return {
    calls,
    sizes,
    dropOldest: (bytes: number): number => {
      calls.push(`drop ${bytes}`)
      const gone = Math.min(bytes, sizes.data, 8e6)
      sizes.data -= gone
      sizes.free += gone
      return gone
    },
    meta: { get: (key: string) => values.get(key), set: (key: string, value: string) => values.set(key, value) },
    samples: { limitJournal: (bytes: number) => calls.push(`journal ${bytes}`) },
    space: {
      sizes: () => sizes,
      limitWal: (bytes: number) => calls.push(`wal ${bytes}`),
      giveBack: (bytes: number): boolean => {
        calls.push('give back')
        const gone = Math.min(bytes, sizes.free, 4e6)
        sizes.free -= gone
        sizes.onDisk -= gone
        return sizes.free > 0
      },
      emptyWal: () => calls.push('empty log'),
    },
  }
}

function aMaintenance(store: object, now: () => number, retention = new CacheRetention()): CacheMaintenance {
  return new CacheMaintenance({ store: store as Store, retention, log: logTo(() => undefined), now })
}

function aStore(slices: number) {
  const { calls: _, ...rest } = parts()
  const calls: string[] = []
  let left = slices
  return {
    ...rest,
    calls,
    dropBefore: (at: number) => {
      calls.push(`drop before day ${at / day}`)
      return --left > 0
    },
    maintain: () => calls.push('maintain'),
  }
}

test('old data is dropped one slice per tick until none is left, then again after an hour', () => {
  const store = aStore(3)
  let now = 20 * day
  const maintenance = aMaintenance(store, () => now)
  for (let tick = 0; tick < 3600; tick++, now += 1000) maintenance.tick()
  const drops = store.calls.filter((call) => call !== 'maintain')
  expect(drops).toHaveLength(3)
  expect(drops[0]).toBe('drop before day 6')
  expect(store.calls.filter((call) => call === 'maintain')).toHaveLength(360)
  now += 3000
  maintenance.tick()
  expect(store.calls.filter((call) => call !== 'maintain')).toHaveLength(4)
})

test('keeps its schedule when the clock is set back', () => {
  const store = aStore(1)
  let now = 20 * day
  const maintenance = aMaintenance(store, () => now)
  maintenance.tick()
  now -= day
  for (let tick = 0; tick <= 3600; tick++, now += 1000) maintenance.tick()
  expect(store.calls.filter((call) => call === 'maintain')).toHaveLength(361)
  expect(store.calls.filter((call) => call !== 'maintain')).toEqual(['drop before day 6', expect.anything()])
})

test('failed maintenance is logged and retried after ten seconds', () => {
  const warnings: string[] = []
  let now = 0
  let attempts = 0
  const store = {
    ...parts(),
    maintain: () => undefined,
    dropBefore: (): boolean => {
      attempts++
      throw new Error('disk I/O error')
    },
  }
  const log = logTo(({ message }) => warnings.push(message))
  const retention = new CacheRetention()
  const maintenance = new CacheMaintenance({ store: store as unknown as Store, retention, log, now: () => now })
  for (let tick = 0; tick < 11; tick++, now += 1000) maintenance.tick()
  expect([attempts, warnings]).toEqual([2, ['cache maintenance failed', 'cache maintenance failed']])
})

test('a limit that is lowered from 2 GB to 0.1 GB is reached in slices, one a second, and then kept', () => {
  let now = 20 * day
  const store = {
    ...parts({ data: 1.9e9, free: 0, wal: 0, onDisk: 2e9 }),
    dropBefore: () => false,
    maintain: () => undefined,
  }
  const retention = new CacheRetention()
  const maintenance = aMaintenance(store, () => now, retention)
  maintenance.tick()
  expect(store.calls.filter((call) => call.startsWith('drop'))).toEqual([])
  retention.set({ days: 14, bytes: 1e8 })
  const { data } = spaceLimits({ bytes: 1e8 })
  let ticks = 0
  for (; store.sizes.onDisk > 1e8 && ticks < 1000; ticks++, now += 1000) {
    const before = store.calls.length
    maintenance.tick()
    expect(store.calls.length - before).toBeLessThanOrEqual(1)
  }
  expect(store.sizes.data).toBeLessThanOrEqual(data)
  // Nothing is given back before everything that must go has gone: free pages move then.
  const steps = store.calls.map((call) => call.replace(/ [0-9.]+$/, ''))
  expect(steps.lastIndexOf('drop')).toBeLessThan(steps.indexOf('give back'))
  const settled = store.calls.length
  for (let tick = 0; tick < 30; tick++, now += 1000) maintenance.tick()
  expect(store.calls.slice(settled)).toEqual([])
  expect(maintenance.notices()).toEqual([])
})

test('journal and write-ahead log are as short as the limit asks, at once', () => {
  const store = { ...parts(), dropBefore: () => false, maintain: () => undefined }
  const retention = new CacheRetention()
  aMaintenance(store, () => 0, retention)
  retention.set({ ...defaultRetention, bytes: 1e8 })
  expect(store.calls).toEqual(['wal 67108864', 'journal 67108864', 'wal 12500000', 'journal 12500000'])
})

test('a limit that cannot be kept is said, as long as that is so', () => {
  let now = 20 * day
  const store = {
    ...parts({ data: 2.5e8, free: 0, wal: 0, onDisk: 2.5e8 }),
    dropBefore: () => false,
    maintain: () => undefined,
  }
  store.dropOldest = () => 0
  const retention = new CacheRetention({ days: 14, bytes: 1e8 })
  const maintenance = aMaintenance(store, () => now, retention)
  maintenance.tick()
  maintenance.tick()
  expect(maintenance.notices()).toMatchObject([
    { severity: 'warning', text: expect.stringContaining('0.1 GB') as string },
  ])
  retention.set(defaultRetention)
  now += 1000
  maintenance.tick()
  maintenance.tick()
  expect(maintenance.notices()).toEqual([])
})

test('a compaction gives all free pages back, says how much, and is remembered', async () => {
  const store = {
    ...parts({ data: 1e6, free: 1e7, wal: 0, onDisk: 1.1e7 }),
    dropBefore: () => false,
    maintain: () => undefined,
  }
  const maintenance = aMaintenance(store, () => 77)
  expect(maintenance.compactedAt).toBeNull()
  const [first, second] = await Promise.all([maintenance.compact(), maintenance.compact()])
  expect([first, second]).toEqual([
    { before: 1.1e7, after: 1e6 },
    { before: 1.1e7, after: 1e6 },
  ])
  expect([store.sizes.free, maintenance.compactedAt]).toEqual([0, 77])
})
