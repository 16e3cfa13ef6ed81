import fc from 'fast-check'
import { expect, test } from 'vitest'
import { acknowledge } from '#shared/alert/acknowledgement.ts'
import { isNodeAlert, type NodeAlert } from '#shared/alert/alert.ts'
import { applyTransition } from '#shared/alert/apply-transition.ts'
import { emptySeries, evaluate } from '#shared/evaluation/evaluate.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { ruleIndex } from '#shared/rule/rule-index.ts'
import { aBatch, aMessage, TestEngine } from './test-engine.ts'
import { TestBackend } from './test-backend.ts'

const t0 = 1_764_000_000_000
const topic = 'metrics-node-1'
/** Fires immediately: warning above 85, critical above 95, clears below 75. */
const rule = aRule({ forSeconds: 0 })
const series = { nodeId: 'node-1', nodeName: 'Server node-1', metric: 'cpu_usage' }

/** Values one second apart. `isAcknowledged`: a user acknowledges the firing alert half a second later. */
const aLife = fc.array(
  fc.record({ value: fc.constantFrom(60, 80, 80, 90, 97, 97), isAcknowledged: fc.constantFrom(false, false, true) }),
  { minLength: 1, maxLength: 25 },
)
type Life = typeof aLife extends fc.Arbitrary<infer T> ? T : never

/** The alerts that the backend publishes, by the index of the record that causes them. */
function receivedOf(life: Life): NodeAlert[][] {
  const index = ruleIndex([rule])
  const alerts = new Map<string, NodeAlert>()
  let state = emptySeries
  return life.map(({ value, isAcknowledged }, offset) => {
    const at = t0 + offset * 1000
    const received: NodeAlert[] = []
    const take = (alert: NodeAlert): void => {
      alerts.set(alert.id, alert)
      received.push(alert)
    }
    const [next, transitions] = evaluate(state, series, index, { at, value, position: { topic, partition: 0, offset } })
    state = next
    for (const t of transitions) {
      const alert = applyTransition(alerts.get(t.alertId), t)
      if (alert) take(alert)
    }
    const firing = [...alerts.values()].find(({ phase }) => phase === 'firing')
    const ack = { by: 'lee', at: at + 500, comment: '' }
    const taken = isAcknowledged && firing ? acknowledge(firing, ack) : undefined
    if (taken?.ok) take(taken.alert)
    return received
  })
}

function read(fixture: TestEngine, life: Life, from: number): void {
  const records = life.map(({ value }, i) =>
    aMessage({ node: 'node-1', at: t0 + (from + i) * 1000, metrics: { cpu_usage: value } }),
  )
  fixture.now = t0 + (from + life.length) * 1000
  fixture.engine.handlers.batches(aBatch(records, fixture.now, { from }))
}

const byId = (alerts: readonly NodeAlert[]) => new Map(alerts.map((alert) => [alert.id, alert]))

test('a console that reads late and was closed for a while ends with the alerts and acknowledgements of the backend', () => {
  fc.assert(
    fc.property(aLife, fc.nat(25), fc.nat(3), fc.boolean(), (life, closedAt, lag, isCompacted) => {
      const received = receivedOf(life)
      const fixture = new TestEngine({ now: t0, hasBackend: true })
      try {
        const backend = new TestBackend(fixture)
        backend.publishRule(rule)
        fixture.connect([{ topic, end: 0 }])
        fixture.engine.tick()
        for (let i = 0; i < Math.min(closedAt, life.length); i++) {
          read(fixture, life.slice(i, i + 1), i)
          for (const alert of received[i - lag] ?? []) backend.publishAlert(alert)
        }
        fixture.restart()
        fixture.connect([{ topic, end: life.length }])
        const missed = received.slice(Math.max(0, Math.min(closedAt, life.length) - lag)).flat()
        for (const alert of isCompacted ? byId(missed).values() : missed) backend.publishAlert(alert)
        if (closedAt < life.length) read(fixture, life.slice(closedAt), closedAt)
        const { store } = fixture
        expect(byId([true, false].flatMap((open) => store.alerts.list({ open }).filter(isNodeAlert)))).toEqual(
          byId(received.flat()),
        )
      } finally {
        fixture.remove()
      }
    }),
    { numRuns: 40 },
  )
})
