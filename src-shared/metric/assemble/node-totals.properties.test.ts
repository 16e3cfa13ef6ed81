import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextCounter } from './counter-value.ts'
import { NodeTotals, type StoredAddition, type Total } from './node-totals.ts'

const metric = 'network_traffic'
const formula = { combine: 'sum', isPercentage: false } as const

/** The last addition of each part, as a store keeps it. */
type Stored = Map<string, StoredAddition>

/** Adds one part, and keeps it in `stored`. @returns the totals that it gave */
function added(totals: NodeTotals, stored: Stored, { part, at, value }: Step): Total[] {
  const before = stored.get(part)
  if ((before && before.at >= at) || !totals.accepts(metric, { part, at })) return []
  const sums = { numerator: value, denominator: 0 }
  const { stepMs } = nextCounter(before && { raw: 0, at: before.at, stepMs: before.stepMs }, 0, at)
  const late = totals.add(metric, { part, at, sums }, formula)
  stored.set(part, { part, at, sums, stepMs })
  return [...(late ? [late] : []), ...totals.completed()]
}

interface Step {
  readonly part: string
  readonly at: number
  readonly value: number
}

/** Times that go forward by anything from nothing to some seconds, each a little early or late. */
const steps: fc.Arbitrary<Step[]> = fc
  .array(
    fc.record({
      part: fc.constantFrom('a', 'b', 'c'),
      forwardMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 3_000 })),
      skewMs: fc.integer({ min: -400, max: 400 }),
    }),
    { maxLength: 40 },
  )
  .map((list) => {
    let now = 1_000_000
    return list.map(({ part, forwardMs, skewMs }, value) => ({ part, at: (now += forwardMs) + skewMs, value }))
  })

test('totals are the same if ReMo starts again before each record', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const going = new NodeTotals()
      const [stored, storedAgain]: [Stored, Stored] = [new Map(), new Map()]
      for (const step of list) {
        const again = new NodeTotals()
        if (storedAgain.size > 0) again.restore(metric, [...storedAgain.values()])
        expect(added(again, storedAgain, step)).toEqual(added(going, stored, step))
      }
    }),
    { numRuns: 2_000 },
  )
})
