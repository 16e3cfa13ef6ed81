import { expect, test } from 'vitest'
import { concurrencyLimit, concurrencyLimitPerKey } from './concurrency-limit.ts'

/** Work that ends when told, and what is known of it. */
function makeWork() {
  const ends: Array<() => void> = []
  return { ends, work: () => new Promise<void>((resolve) => ends.push(resolve)) }
}
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('no more than allowed runs at once, and each end lets the next one in', async () => {
  const limit = concurrencyLimit({ atOnce: 2, waiting: 10, full: 'Full.' })
  const { ends, work } = makeWork()
  const all = [1, 2, 3, 4].map(() => limit.run(work))
  const running: number[] = []
  for (let i = 0; i < 4; i++) {
    await settle()
    running.push(ends.length)
    ends[i]?.()
  }
  await Promise.all(all)
  expect({ running, isIdle: limit.isIdle }).toEqual({ running: [2, 3, 4, 4], isIdle: true })
})

test('who finds the line full is sent away and told when to come again', async () => {
  const limit = concurrencyLimit({ atOnce: 1, waiting: 1, full: 'Full.' })
  const { ends, work } = makeWork()
  const first = limit.run(work)
  const second = limit.run(work)
  await expect(limit.run(work)).rejects.toMatchObject({
    code: 'too_many_requests',
    extra: { retryAfterSeconds: 1 },
  })
  ends[0]?.()
  await settle()
  ends[1]?.()
  await Promise.all([first, second])
})

test('who goes away while waiting leaves the line, and what it wanted is not done', async () => {
  const limit = concurrencyLimit({ atOnce: 1, waiting: 1, full: 'Full.' })
  const { ends, work } = makeWork()
  const first = limit.run(work)
  const controller = new AbortController()
  const second = limit.run(work, controller.signal)
  controller.abort()
  await expect(second).rejects.toThrow('aborted')
  await expect(limit.run(work, controller.signal)).rejects.toThrow('aborted')
  const third = limit.run(work, new AbortController().signal)
  ends[0]?.()
  await settle()
  expect(ends).toHaveLength(2)
  ends[1]?.()
  await Promise.all([first, third])
})

test('work that fails makes place like any other', async () => {
  const limit = concurrencyLimit({ atOnce: 1, waiting: 1, full: 'Full.' })
  await expect(limit.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await expect(limit.run(() => Promise.resolve('yes'))).resolves.toBe('yes')
})

test('lines of different keys do not wait for each other', async () => {
  const limits = concurrencyLimitPerKey({ atOnce: 1, waiting: 1, full: 'Full.' })
  const { ends, work } = makeWork()
  const a = limits('a').run(work)
  const second = limits('a').run(work)
  const b = limits('b').run(work)
  await settle()
  expect(ends).toHaveLength(2)
  ends.forEach((end) => end())
  await settle()
  ends[2]?.()
  await Promise.all([a, b, second])
})
