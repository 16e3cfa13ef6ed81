import { afterEach, expect, test } from 'vitest'
import { aBatch, aMessage, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
const topic = 'metrics-node-1'
const fixtures: TestEngine[] = []
afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

/** A console that is an hour behind: 10,000 records are unread. */
function aConsoleBehind(): { fixture: TestEngine; read: (count: number, end: number) => void } {
  const fixture = new TestEngine({ now: t0 })
  fixtures.push(fixture)
  fixture.connect([{ topic, end: 10_000 }])
  let next = 0
  /** One second, in which so many records are read. `end`: of the log at its end. */
  const read = (count: number, end: number): void => {
    const at = t0 - 3_600_000 + next * 1000
    const values = Array.from({ length: count }, (_, i) =>
      aMessage({ node: 'node-1', at: at + i, metrics: { cpu_usage: 5 } }),
    )
    fixture.now += 1000
    fixture.engine.handlers.batches(aBatch(values, at, { from: next, end }))
    next += count
    fixture.engine.tick()
  }
  return { fixture, read }
}

const healthOf = (fixture: TestEngine) => fixture.call('health.report', {}).health

test('a backlog is shown with rate and time left, as soon as they are known', () => {
  const { fixture, read } = aConsoleBehind()
  read(100, 10_000)
  expect(healthOf(fixture)).toMatchObject({ kind: 'catching-up', lagMessages: 9900 })
  expect(healthOf(fixture)).not.toHaveProperty('messagesPerSecond')
  for (let second = 0; second < 4; second++) read(100, 10_000)
  expect(healthOf(fixture)).toMatchObject({ lagMessages: 9500, messagesPerSecond: 100, leftMs: 95_000 })
})

test('no time left is shown while messages arrive as fast as they are read', () => {
  const { fixture, read } = aConsoleBehind()
  for (let second = 1; second <= 5; second++) read(100, 10_000 + 100 * second)
  expect(healthOf(fixture)).toMatchObject({ kind: 'catching-up', lagMessages: 10_000, messagesPerSecond: 100 })
  expect(healthOf(fixture)).not.toHaveProperty('leftMs')
})

test('after a lost connection the rate is measured anew', () => {
  const { fixture, read } = aConsoleBehind()
  for (let second = 0; second < 5; second++) read(100, 10_000)
  fixture.engine.handlers.status({ kind: 'disconnected', since: fixture.now, detail: 'Kafka is away.' })
  fixture.connect([{ topic, end: 10_000 }])
  read(10, 10_000)
  expect(healthOf(fixture)).toMatchObject({ kind: 'catching-up', lagMessages: 9490 })
  expect(healthOf(fixture)).not.toHaveProperty('messagesPerSecond')
})
