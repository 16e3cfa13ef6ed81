import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unreachableProbeMs, reachableProbeMs, nextLink, probeDelayMs } from './backend-probe.ts'

const unreachable = { reachable: false, since: 100, detail: 'Nothing is listening at its address.' }
const there = { reachable: true, since: 200 }

test('a link changes with the first sign to the contrary, and says since when', () => {
  expect([
    nextLink(unreachable, { isReachable: true }, 300),
    nextLink(there, { isReachable: false, detail: 'It broke.' }, 400),
    nextLink(unreachable, { isReachable: false, detail: 'It broke.' }, 500),
  ]).toEqual([
    { reachable: true, since: 300 },
    { reachable: false, since: 400, detail: 'It broke.' },
    { reachable: false, since: 100, detail: 'It broke.' },
  ])
})

test('the same sign again is no change', () => {
  expect(nextLink(there, { isReachable: true }, 300)).toBe(there)
  expect(nextLink(unreachable, { isReachable: false, detail: unreachable.detail }, 300)).toBe(unreachable)
})

test('a backend that is away is asked soon, then less and less often, at most every 30 s', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const delay = probeDelayMs(failures, random)
      expect(delay).toBeGreaterThanOrEqual(0.8 * unreachableProbeMs)
      expect(delay).toBeLessThanOrEqual(30_000)
      expect(probeDelayMs(failures + 1, random)).toBeGreaterThanOrEqual(delay)
    }),
  )
  expect([probeDelayMs(0, 1), probeDelayMs(1, 0.5)]).toEqual([reachableProbeMs, unreachableProbeMs])
})
