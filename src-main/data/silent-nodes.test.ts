import { afterEach, expect, test } from 'vitest'
import { aBatch, aMessage, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
const topic = 'metrics-node-1'
let fixture: TestEngine
afterEach(() => fixture.remove())

test('a node that stops sending is counted as silent after three intervals, and no longer once it sends again', () => {
  fixture = new TestEngine({ now: t0 })
  let offset = 0
  const send = (node: string, seconds: number): void => {
    fixture.now = t0 + seconds * 1000
    const message = aMessage({ node, at: fixture.now, metrics: { cpu_usage: 20 } })
    fixture.engine.handlers.batches(aBatch([message], fixture.now, { from: offset++ }))
  }
  const silentNodes = (): number => fixture.call('health.report', {}).silentNodes
  fixture.connect([{ topic, end: 0 }])
  for (let second = 0; second <= 30; second += 5) {
    send('node-1', second)
    if (second <= 10) send('node-2', second)
  }
  expect(silentNodes()).toBe(1)
  fixture.engine.tick()
  expect(fixture.emittedOf('health.changed').at(-1)).toMatchObject({ health: { kind: 'live' }, silentNodes: 1 })
  send('node-2', 31)
  expect(silentNodes()).toBe(0)
  fixture.engine.handlers.status({ kind: 'disconnected', since: fixture.now, detail: '' })
  fixture.now += 120_000
  expect(fixture.call('health.report', {})).toMatchObject({ health: { kind: 'blind' }, silentNodes: 0 })
})
