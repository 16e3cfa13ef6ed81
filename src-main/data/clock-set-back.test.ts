import { afterEach, expect, test } from 'vitest'
import { aBatch, aMessage, EngineHouse } from './testing.ts'

const t0 = 1_764_000_000_000
const hourMs = 3_600_000
const topics = { 'node-1': 'metrics-node-1', 'node-2': 'metrics-node-2' }
const houses: EngineHouse[] = []

afterEach(() => {
  for (const house of houses.splice(0)) house.remove()
})

/** A console whose clock is an hour ahead, on the records of two nodes whose clocks are right. */
function anHourAhead() {
  const house = new EngineHouse({ now: t0 - 10_000 })
  houses.push(house)
  const next = { 'node-1': 0, 'node-2': 0 }
  const speak = (node: keyof typeof topics, second: number) =>
    house.engine.handlers.batch(
      aBatch([aMessage({ node, at: t0 + second * 1000, metrics: { cpu_usage: 50 } })], t0 + second * 1000, {
        topic: topics[node],
        from: next[node]++,
      }),
    )
  const ends = () =>
    house.engine.handlers.logRanges(
      (['node-1', 'node-2'] as const).map((node) => ({ topic: topics[node], partition: 0, start: 0, end: next[node] })),
    )
  house.ask('rules.save', {
    draft: {
      scope: { kind: 'all' },
      metric: 'cpu_usage',
      condition: 'greater',
      forSeconds: 0,
      noDataSeconds: 10,
      enabled: true,
    },
  })
  house.now = t0 + hourMs
  house.engine.tick()
  house.connect()
  ends()
  for (let second = 0; second < 3; second++) {
    house.now = t0 + hourMs + second * 1000
    speak('node-1', second)
    speak('node-2', second)
    house.engine.tick()
  }
  return { house, speak, ends }
}

test('a clock that is set back does not make the nodes silent that go on to speak', () => {
  const { house, speak, ends } = anHourAhead()
  for (let second = 3; second < 40; second++) {
    house.now = t0 + second * 1000
    speak('node-1', second)
    speak('node-2', second)
    if (second % 15 === 0) ends()
    house.engine.tick()
    expect(house.store.openAlerts()).toEqual([])
  }
  expect(house.ask('health.report', {})).toMatchObject({ health: { kind: 'live' } })
})

test('a node that falls silent after the clock was set back is missed in its time', () => {
  const { house, speak, ends } = anHourAhead()
  for (let second = 3; second < 40; second++) {
    house.now = t0 + second * 1000
    speak('node-1', second)
    if (second % 5 === 0) ends()
    house.engine.tick()
  }
  expect(house.store.openAlerts()).toMatchObject([{ kind: 'no-data', nodeId: 'node-2', since: t0 + 2000 }])
})
