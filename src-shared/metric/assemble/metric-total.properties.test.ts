import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextCounter } from './counter-value.ts'
import { MetricTotal, type StoredAddition, type Total } from './metric-total.ts'

const metric = 'network_traffic'
const formula = { combine: 'sum', isPercentage: false } as const

/** The last addition of each part, as a store keeps it. */
type Stored = Map<string, StoredAddition>

/** Adds one part, and keeps it in `stored`. @returns the totals that it gave */
function added(total: MetricTotal, stored: Stored, { part, at, value }: Step): Total[] {
  const before = stored.get(part)
  const member = total.memberOf(part)
  if ((before && before.at >= at) || !total.accepts(member, at)) return []
  const sums = { numerator: value, denominator: 0 }
  const { stepMs } = nextCounter(before && { raw: 0, at: before.at, stepMs: before.stepMs }, 0, at)
  const late = total.add(member, at, sums)
  const completed = total.completed()
  stored.set(part, { part, at, ...sums, stepMs })
  return [late ?? [], completed ?? []].flat()
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
      const going = new MetricTotal(metric, formula)
      const [stored, storedAgain]: [Stored, Stored] = [new Map(), new Map()]
      for (const step of list) {
        const again = new MetricTotal(metric, formula)
        if (storedAgain.size > 0) again.restore([...storedAgain.values()])
        expect(added(again, storedAgain, step)).toEqual(added(going, stored, step))
      }
    }),
    { numRuns: 2_000 },
  )
})
