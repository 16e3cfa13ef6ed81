import { describe, expect, test, vi } from 'vitest'
import { DependencyProbe } from './dependency-probe.ts'

describe('a probe of a dependency', () => {
  test('is answered in time by a server that is frozen, and by one that fails', async () => {
    const frozen = new DependencyProbe(() => new Promise(() => undefined), 20)
    const broken = new DependencyProbe(() => Promise.reject(new Error('refused')))
    expect(await Promise.all([frozen.get(), broken.get()])).toEqual([undefined, undefined])
  })

  test('by many at the same time asks twice: no answer is older than its request', async () => {
    const answers: Array<(value: number) => void> = []
    const ask = vi.fn(() => new Promise<number>((resolve) => answers.push(resolve)))
    const probe = new DependencyProbe(ask)
    const given = Array.from({ length: 1_000 }, () => probe.get())
    answers[0]?.(1)
    await expect.poll(() => answers).toHaveLength(2)
    answers[1]?.(2)
    expect(new Set(await Promise.all(given))).toEqual(new Set([1, 2]))
    expect(ask).toHaveBeenCalledTimes(2)
  })

  test('asks again after one that was late', async () => {
    const ask = vi
      .fn()
      .mockReturnValueOnce(new Promise(() => undefined))
      .mockResolvedValueOnce('up')
    const probe = new DependencyProbe(ask, 20)
    expect([await probe.get(), await probe.get()]).toEqual([undefined, 'up'])
  })
})
