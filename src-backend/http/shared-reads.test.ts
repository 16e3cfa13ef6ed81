import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SharedReads } from './shared-reads.ts'

/** Reads that end on command. */
class Reads {
  readonly open: Array<PromiseWithResolvers<number>> = []
  readonly read = (): Promise<number> => {
    const one = Promise.withResolvers<number>()
    this.open.push(one)
    return one.promise
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('callers during a read share the next one', async () => {
  const reads = new Reads()
  const shared = new SharedReads<number>()
  const ask = () => shared.get('nodes', reads.read)
  const [first, ...others] = [ask(), ask(), ask()]
  reads.open[0]?.resolve(1)
  expect(await first).toBe(1)
  await turn()
  expect(reads.open).toHaveLength(2)
  reads.open[1]?.resolve(2)
  expect(await Promise.all(others)).toEqual([2, 2])
})

test('a read that fails is the failure of its callers, and the next one succeeds', async () => {
  const reads = new Reads()
  const shared = new SharedReads<number>()
  const [first, second] = [shared.get('nodes', reads.read), shared.get('nodes', reads.read)]
  reads.open[0]?.reject(new Error('gone'))
  await expect(first).rejects.toThrow('gone')
  await turn()
  reads.open[1]?.resolve(2)
  expect(await second).toBe(2)
})

test('callers of different keys do not wait for each other', async () => {
  const reads = new Reads()
  const shared = new SharedReads<number>()
  const [, other] = [shared.get('a', reads.read), shared.get('b', reads.read)]
  reads.open[1]?.resolve(2)
  expect(await other).toBe(2)
})

test('a result is never older than its call, and at most one read runs', async () => {
  const step = fc.constantFrom('ask', 'write', 'finish')
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      let stored = 0
      const running: Array<() => void> = []
      const shared = new SharedReads<number>()
      const results: Array<Promise<void>> = []
      const read = async (): Promise<number> => {
        const seen = stored // as a statement sees what was committed before it
        await new Promise<void>((resolve) => running.push(resolve))
        return seen
      }
      const ask = (): void => {
        const least = stored
        const check = shared.get('nodes', read).then((seen) => expect(seen).toBeGreaterThanOrEqual(least))
        results.push(check)
      }
      for (const one of [...steps, 'finish', 'finish']) {
        if (one === 'ask') ask()
        else if (one === 'write') stored += 1
        else running.shift()?.()
        await turn()
        expect(running.length).toBeLessThanOrEqual(1)
      }
      await Promise.all(results)
    }),
  )
})
