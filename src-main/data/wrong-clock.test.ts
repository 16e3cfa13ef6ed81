import { afterEach, expect, test } from 'vitest'
import { freshnessOf } from '#shared/health/freshness.ts'
import { aBatch, aMessage, only, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
const minutes = (count: number): number => count * 60_000
const fixtures: TestEngine[] = []

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

/** A console with the stock rules that reads node-1 every 5 s. The node writes its own clock into record and message. */
function aConsole() {
  const fixture = new TestEngine({ now: t0, stockRules: true })
  fixtures.push(fixture)
  fixture.connect([{ topic: 'metrics-node-1', end: 0 }])
  let next = 0
  const speak = (cpu: number, clockMs = 0): void => {
    fixture.now = t0 + next * 5000
    const at = fixture.now + clockMs
    const parts = { from: next++, end: next }
    fixture.engine.handlers.batches(aBatch([aMessage({ node: 'node-1', at, metrics: { cpu_usage: cpu } })], at, parts))
    fixture.engine.handlers.logRanges([{ topic: 'metrics-node-1', partition: 0, start: 0, end: next }])
    fixture.engine.tick()
  }
  const shown = () => {
    const { frame } = fixture.call('live.snapshot', {})
    const at = frame.at[0] ?? NaN
    return { cpu: frame.values[0], at, freshness: freshnessOf(at, frame.intervals[0] ?? NaN, fixture.now) }
  }
  const report = () => fixture.call('health.report', {})
  return { fixture, speak, shown, report }
}

test('ten records from a clock 50 minutes ahead hide neither values nor alerts after it is right again', () => {
  const { fixture, speak, shown, report } = aConsole()
  for (let i = 0; i < 10; i++) speak(20, minutes(50))
  expect(shown().freshness).toBe('ahead')
  expect(report()).toMatchObject({ lastSampleAt: null, notices: [{ id: 'node-clocks', severity: 'warning' }] })
  expect(report().notices[0]?.text).toMatch(/^The clock of node-1 is 50.m ahead\. /)
  for (let i = 0; i < 60; i++) {
    speak(99)
    expect(shown()).toEqual({ cpu: 99, at: fixture.now, freshness: 'fresh' })
    expect(report().lastSampleAt).toBe(fixture.now)
  }
  expect(only(fixture.store.alerts.firing())).toMatchObject({ metric: 'cpu_usage', severity: 'critical' })
})

test('after a restart, the node shows the present and its alert goes on', () => {
  const { fixture, speak, shown } = aConsole()
  for (let i = 0; i < 10; i++) speak(20, minutes(50))
  for (let i = 0; i < 30; i++) speak(99)
  const before = [shown(), fixture.store.samples.series(), only(fixture.store.alerts.firing()).id]
  fixture.restart()
  expect([shown(), fixture.store.samples.series(), only(fixture.store.alerts.firing()).id]).toEqual(before)
  expect(shown()).toMatchObject({ cpu: 99, at: fixture.now })
})

test('a threshold that is saved while a clock is ahead takes effect two seconds later', () => {
  const { fixture, speak } = aConsole()
  for (let i = 0; i < 3; i++) speak(20, minutes(50))
  const draft = { scope: { kind: 'node', nodeId: 'node-2' }, metric: 'cpu_usage', condition: 'greater' } as const
  const rule = fixture.call('rules.save', { draft: { ...draft, warning: 50, forSeconds: 0, enabled: true } })
  expect(rule.effectiveFrom).toBe(fixture.now + 2000)
})

test('a node that stops after records from the future is missed a minute later', () => {
  const { fixture, speak } = aConsole()
  for (let i = 0; i < 3; i++) speak(20, minutes(50))
  const stoppedAt = fixture.now
  for (let second = 1; second <= 61; second++) {
    fixture.now = stoppedAt + second * 1000
    // Another topic keeps the stream live.
    const message = aMessage({ node: 'node-2', at: fixture.now, metrics: { temp: 1 } })
    const parts = { topic: 'metrics-node-2', from: second - 1, end: second }
    fixture.engine.handlers.batches(aBatch([message], fixture.now, parts))
    fixture.engine.handlers.logRanges([
      { topic: 'metrics-node-1', partition: 0, start: 0, end: 3 },
      { topic: 'metrics-node-2', partition: 0, start: 0, end: second },
    ])
    fixture.engine.tick()
  }
  expect(only(fixture.store.alerts.firing())).toMatchObject({ nodeId: 'node-1' })
})

test('a clock that is behind, and one that is set back, are evaluated as they come', () => {
  const { fixture, speak, report } = aConsole()
  for (let i = 0; i < 3; i++) speak(20)
  for (let i = 0; i < 40; i++) speak(99, -minutes(43))
  expect(only(fixture.store.alerts.firing())).toMatchObject({ metric: 'cpu_usage' })
  expect(report().notices[0]?.text).toMatch(/^The clock of node-1 is 43.m behind\. /)
  // The stock rule holds it for two minutes, from the first record of the right clock on.
  for (let i = 0; i < 24; i++) speak(20)
  expect(fixture.store.alerts.firing()).toHaveLength(1)
  speak(20)
  expect(fixture.store.alerts.firing()).toEqual([])
})
