import { afterEach, expect, test } from 'vitest'
import { aBatch, aMessage, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
const fixtures: TestEngine[] = []

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

test.each([
  ['the marker of a committed transaction', 6, 5],
  ['aborted records and their marker', 12, 5],
  ['a compacted tail', 40, 5],
  ['empty batches only', 3, 0],
])('behind %s, lag is 0, the console is live, and a silent node is missed', (_, end, records) => {
  const fixture = new TestEngine({ now: t0, stockRules: true })
  fixtures.push(fixture)
  const { handlers } = fixture.engine
  fixture.connect([
    { topic: 'metrics-node-1', end },
    { topic: 'metrics-node-2', end: 0 },
    { topic: 'metrics-node-3', end: 1 },
  ])
  const message = (node: string, at: number) => aMessage({ node, at, metrics: { cpu_usage: 50 } })
  handlers.batches([
    ...aBatch(
      Array.from({ length: records }, (_, i) => message('node-1', t0 - 10 + i)),
      t0,
      { next: end, end },
    ),
    ...aBatch([message('node-3', t0)], t0, { topic: 'metrics-node-3', end: 1 }),
  ])
  for (let second = 1; second <= 61; second++) {
    fixture.now = t0 + second * 1000
    handlers.batches(
      aBatch([message('node-2', fixture.now)], fixture.now, { topic: 'metrics-node-2', from: second - 1 }),
    )
    handlers.logRanges([
      { topic: 'metrics-node-1', partition: 0, start: 0, end },
      { topic: 'metrics-node-2', partition: 0, start: 0, end: second },
      { topic: 'metrics-node-3', partition: 0, start: 0, end: 1 },
    ])
    fixture.engine.tick()
    expect(fixture.call('health.report', {})).toMatchObject({ health: { kind: 'live' }, lagMessages: 0 })
  }
  const missed = fixture.store.alerts.firing().map(({ nodeId }) => nodeId)
  expect(missed.toSorted()).toEqual(records > 0 ? ['node-1', 'node-3'] : ['node-3'])
})
