import { afterEach, expect, test } from 'vitest'
import { aBatch, aMessage, only, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
let fixture: TestEngine
afterEach(() => fixture.remove())

test('the timeline of an alert says from when to when its node was offline, also after a restart', () => {
  fixture = new TestEngine({ now: t0, stockRules: true })
  const offsets = new Map<string, number>()
  const send = (node: string, second: number, value: number): void => {
    fixture.now = t0 + second * 1000
    const topic = `metrics-${node}`
    const from = offsets.get(topic) ?? 0
    offsets.set(topic, from + 1)
    void fixture.engine.handlers.batches(
      aBatch([aMessage({ node, at: fixture.now, metrics: { cpu_usage: value } })], fixture.now, { topic, from }),
    )
    fixture.connect([...offsets].map(([name, end]) => ({ topic: name, end })))
    fixture.engine.tick()
  }
  for (let second = 0; second <= 400; second += 5) {
    send('other', second, 10)
    if (second <= 200 || second >= 390) send('node-1', second, 97)
  }
  const alert = only(fixture.call('alerts.list', { open: true }).filter(({ nodeId }) => nodeId === 'node-1'))
  const stale = (): string[] =>
    fixture
      .call('alerts.timeline', { id: alert.id })
      .filter(({ kind }) => kind === 'opened' || kind === 'stale' || kind === 'returned')
      .map(({ kind, at }) => `${(at - t0) / 1000} ${kind}`)
  expect(stale()).toEqual(['120 opened', '260 stale', '390 returned'])
  fixture.restart()
  expect(stale()).toEqual(['120 opened', '260 stale', '390 returned'])
})
