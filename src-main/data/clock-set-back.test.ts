import { hourMs } from '#shared/format/time-units.ts'
import { afterEach, expect, test } from 'vitest'
import { aBatch, aMessage, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
const topics = { 'node-1': 'metrics-node-1', 'node-2': 'metrics-node-2' }
const fixtures: TestEngine[] = []

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

/** A console whose clock is an hour ahead, with records of two nodes whose clocks are right. */
function anHourAhead() {
  const fixture = new TestEngine({ now: t0 - 10_000 })
  fixtures.push(fixture)
  const next = { 'node-1': 0, 'node-2': 0 }
  const speak = (node: keyof typeof topics, second: number) =>
    fixture.engine.handlers.batches(
      aBatch([aMessage({ node, at: t0 + second * 1000, metrics: { cpu_usage: 50 } })], t0 + second * 1000, {
        topic: topics[node],
        from: next[node]++,
      }),
    )
  const ends = () =>
    fixture.engine.handlers.logRanges(
      (['node-1', 'node-2'] as const).map((node) => ({ topic: topics[node], partition: 0, start: 0, end: next[node] })),
    )
  fixture.call('rules.save', {
    draft: { kind: 'offline', scope: { kind: 'all' }, seconds: 10, severity: 'critical', enabled: true },
  })
  fixture.now = t0 + hourMs
  fixture.engine.tick()
  fixture.connect()
  ends()
  for (let second = 0; second < 3; second++) {
    fixture.now = t0 + hourMs + second * 1000
    speak('node-1', second)
    speak('node-2', second)
    fixture.engine.tick()
  }
  return { fixture, speak, ends }
}

test('after the clock is set back, nodes that keep sending have data', () => {
  const { fixture, speak, ends } = anHourAhead()
  for (let second = 3; second < 40; second++) {
    fixture.now = t0 + second * 1000
    speak('node-1', second)
    speak('node-2', second)
    if (second % 15 === 0) ends()
    fixture.engine.tick()
    expect(fixture.store.alerts.firing()).toEqual([])
  }
  expect(fixture.call('health.report', {})).toMatchObject({ health: { kind: 'live' } })
})

test('a node that stops sending after the clock was set back raises an alert in time', () => {
  const { fixture, speak, ends } = anHourAhead()
  for (let second = 3; second < 40; second++) {
    fixture.now = t0 + second * 1000
    speak('node-1', second)
    if (second % 5 === 0) ends()
    fixture.engine.tick()
  }
  expect(fixture.store.alerts.firing()).toMatchObject([{ kind: 'offline', nodeId: 'node-2', since: t0 + 2000 }])
})
