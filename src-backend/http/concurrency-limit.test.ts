import { expect, test } from 'vitest'
import { concurrencyLimit, concurrencyLimitPerKey } from './concurrency-limit.ts'

/** Work that ends on demand. */
function makeWork() {
  const ends: Array<() => void> = []
  return { ends, work: () => new Promise<void>((resolve) => ends.push(resolve)) }
}
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('at most the allowed number runs at the same time, and each end starts the next', async () => {
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

test('a caller who finds the queue full is refused, with the time of the next attempt', async () => {
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

test('a caller who aborts leaves the queue, and the work is not done', async () => {
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

test('failed work frees its place like any other', async () => {
  const limit = concurrencyLimit({ atOnce: 1, waiting: 1, full: 'Full.' })
  await expect(limit.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await expect(limit.run(() => Promise.resolve('yes'))).resolves.toBe('yes')
})

test('queues of different keys do not wait for each other', async () => {
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
