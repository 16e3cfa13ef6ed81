import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RawBatch } from '../../src-kafka/stream.ts'
import { aBatch, aMessage, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
/** The stock rule for CPU: `for` is 120 s, and no data alerts after 60 s. */
const stepMs = 20_000

/** A record of one of two nodes, with one metric or both. Some are late, by less and by more than the limit. */
const aStep = fc.record({
  node: fc.constantFrom('a', 'a', 'b'),
  value: fc.constantFrom(50, 80, 90, 97, 97, 99),
  stepsLate: fc.constantFrom(0, 0, 0, 0, 2, 10),
  kind: fc.constantFrom('both', 'both', 'both', 'cpu', 'disk', 'garbage'),
})
type Step = typeof aStep extends fc.Arbitrary<infer T> ? T : never

const aRun = fc.record({
  steps: fc.array(aStep, { minLength: 1, maxLength: 80 }),
  batchSizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 }),
  restarts: fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
})

function valueOf({ node, value, stepsLate, kind }: Step, index: number): Uint8Array {
  if (kind === 'garbage') return Buffer.from(`garbage ${index}`)
  const cpu = kind === 'disk' ? {} : { cpu_usage: value }
  const disk = kind === 'cpu' ? {} : { disk_io: index / 4 }
  return aMessage({ node, at: t0 + (index - stepsLate) * stepMs, metrics: { ...cpu, ...disk } })
}

function batchesOf(steps: readonly Step[], sizes: readonly number[]): Array<readonly RawBatch[]> {
  const batches: Array<readonly RawBatch[]> = []
  for (let from = 0; from < steps.length;) {
    const size = sizes[batches.length % sizes.length] ?? 1
    const values = steps.slice(from, from + size).map((step, i) => valueOf(step, from + i))
    batches.push(aBatch(values, t0 + from * stepMs, { topic: 'metrics', from, end: steps.length }))
    from += size
  }
  return batches
}

/** Everything an operator can see of a run, at its end and after all nodes had no data for long enough. */
function outcomeOf(batches: ReadonlyArray<readonly RawBatch[]>, restarts: readonly boolean[]): unknown {
  const fixture = new TestEngine({ now: t0, stockRules: true })
  try {
    batches.forEach((batch, i) => {
      fixture.engine.handlers.batches(batch)
      if (!restarts[i % restarts.length]) return
      fixture.restart()
      fixture.engine.handlers.batches(batch)
    })
    for (const wait of [100, 200]) {
      fixture.now = t0 + wait * stepMs
      fixture.engine.tick()
      fixture.connect([{ topic: 'metrics', end: batches.at(-1)?.[0]?.end ?? 0 }])
      fixture.engine.handlers.batches(
        aBatch([Buffer.from('a sign of life')], fixture.now, { topic: `metrics-other-${wait}` }),
      )
      fixture.engine.tick()
    }
    const { store } = fixture
    const alerts = [...store.alerts.list({ open: true }), ...store.alerts.list({ open: false })]
    return {
      alerts: new Map(alerts.map((alert) => [alert.id, { alert, events: store.alerts.timeline(alert.id) }])),
      due: new Set(store.alerts.queuedNotifications().map(({ alert, transition }) => `${alert.id} ${transition}`)),
      rejects: store.rejectedRecords(100).map(({ offset }) => offset),
      positions: store.positions(),
      samples: store.stats().samples,
      series: new Map(store.samples.series().map(({ nodeId, metric, state }) => [`${nodeId} ${metric}`, state])),
    }
  } finally {
    fixture.remove()
  }
}

test('stopping and starting after any batch gives the same alerts, ids and positions as one run', () => {
  fc.assert(
    fc.property(aRun, ({ steps, batchSizes, restarts }) => {
      const batches = batchesOf(steps, batchSizes)
      expect(outcomeOf(batches, [...restarts, true])).toEqual(outcomeOf(batches, [false]))
    }),
    { numRuns: 40 },
  )
})

test('the compared runs have alerts of both kinds', () => {
  const hot = { node: 'a', value: 97, stepsLate: 0, kind: 'both' } as const
  const outcome = outcomeOf(
    batchesOf(
      Array.from({ length: 12 }, () => hot),
      [5],
    ),
    [false],
  ) as {
    alerts: Map<string, { alert: { kind: string } }>
  }
  expect([...outcome.alerts.values()].map(({ alert }) => alert.kind).sort()).toEqual(['offline', 'value'])
})
