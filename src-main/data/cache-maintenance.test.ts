import { expect, test } from 'vitest'
import { logTo } from '../threads/thread-log.ts'
import { CacheMaintenance } from './cache-maintenance.ts'

const day = 86_400_000

function aStore(slices: number) {
  const calls: string[] = []
  let left = slices
  return {
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
  const maintenance = new CacheMaintenance({ store, log: logTo(() => undefined), now: () => now })
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
  const maintenance = new CacheMaintenance({ store, log: logTo(() => undefined), now: () => now })
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
    maintain: () => undefined,
    dropBefore: (): boolean => {
      attempts++
      throw new Error('disk I/O error')
    },
  }
  const log = logTo(({ message }) => warnings.push(message))
  const maintenance = new CacheMaintenance({ store, log, now: () => now })
  for (let tick = 0; tick < 11; tick++, now += 1000) maintenance.tick()
  expect([attempts, warnings]).toEqual([2, ['cache maintenance failed', 'cache maintenance failed']])
})
