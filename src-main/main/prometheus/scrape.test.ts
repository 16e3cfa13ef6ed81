import { afterEach, expect, test } from 'vitest'
import { aBatch, aMessage, TestEngine } from '../../data/test-engine.ts'
import { createScrape } from './scrape.ts'

/** What Prometheus reads from the endpoint of a whole console, up to its Kafka connection. */

const t0 = 1_764_000_000_000
const fixtures: TestEngine[] = []
afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

function aConsole(): { fixture: TestEngine; scraped: (pattern: RegExp) => Promise<string[]> } {
  const fixture = new TestEngine({ now: t0 })
  fixtures.push(fixture)
  const scrape = createScrape({
    data: { call: (call, request) => Promise.resolve(fixture.call(call, request)) },
    build: { version: '0', revision: '0', electron: '0', chromium: '0', node: '0' },
    openAlerts: () => [],
    isSilenced: () => false,
    notifications: () => [],
    sounds: () => [],
    doNotDisturb: () => ({ isOn: false, counts: { critical: 0, warning: 0, blind: 0 } }),
    backend: () => undefined,
    hasNodeSeries: () => true,
    hasAllMetrics: () => false,
    now: () => fixture.now,
  })
  const scraped = async (pattern: RegExp): Promise<string[]> => {
    const { text } = await scrape('')
    return text.split('\n').filter((line) => pattern.test(line))
  }
  return { fixture, scraped }
}

let offset = 0
function send(fixture: TestEngine, node: string): void {
  const message = aMessage({ node, at: fixture.now, metrics: { cpu_usage: 99 } })
  void fixture.engine.handlers.batches(aBatch([message], fixture.now, { topic: `metrics-${node}`, from: offset++ }))
  fixture.engine.tick()
}

/** A minute in which only one node sends, once every five seconds. */
function aMinuteOf(fixture: TestEngine, node: string): void {
  for (let second = 1; second <= 65; second++) {
    fixture.now += 1000
    if (second % 5 === 0) send(fixture, node)
    else fixture.engine.tick()
  }
}

const ofNodes = /^remo_node_(up|cpu)/
const both = ['a', 'b'].map((node) => ({ topic: `metrics-${node}`, end: 0 }))

test('nodes are up with their values, and one that stops is down without', async () => {
  const { fixture, scraped } = aConsole()
  fixture.connect(both)
  send(fixture, 'a')
  send(fixture, 'b')
  expect(await scraped(ofNodes)).toEqual([
    'remo_node_cpu_usage_ratio{node="a"} 0.99',
    'remo_node_cpu_usage_ratio{node="b"} 0.99',
    'remo_node_up{node="a"} 1',
    'remo_node_up{node="b"} 1',
  ])
  aMinuteOf(fixture, 'a')
  expect(await scraped(ofNodes)).toEqual([
    'remo_node_cpu_usage_ratio{node="a"} 0.99',
    'remo_node_up{node="a"} 1',
    'remo_node_up{node="b"} 0',
  ])
})

test('a lost connection takes no node down, and the nodes are known again after the log is read', async () => {
  const { fixture, scraped } = aConsole()
  fixture.connect(both)
  send(fixture, 'a')
  send(fixture, 'b')
  fixture.now += 1000
  fixture.engine.handlers.status({ kind: 'disconnected', since: fixture.now, detail: 'Kafka is away.' })
  expect(await scraped(ofNodes)).toEqual([])
  for (let second = 0; second < 600; second++) {
    fixture.now += 1000
    fixture.engine.tick()
  }
  expect(await scraped(ofNodes)).toEqual([])
  expect(await scraped(/^remo_(console_live|kafka_connected)/)).toEqual([
    'remo_console_live 0',
    'remo_kafka_connected 0',
  ])
  fixture.connect(both)
  expect(await scraped(ofNodes)).toEqual([])
  send(fixture, 'a')
  expect(await scraped(ofNodes)).toEqual([
    'remo_node_cpu_usage_ratio{node="a"} 0.99',
    'remo_node_up{node="a"} 1',
    'remo_node_up{node="b"} 0',
  ])
})

test('a partition that cannot be read takes none of its nodes down', async () => {
  const { fixture, scraped } = aConsole()
  fixture.connect(both)
  send(fixture, 'a')
  send(fixture, 'b')
  const problem = 'Partition 0 of metrics-b cannot be read.'
  fixture.engine.handlers.status({ kind: 'connected', since: t0, topics: 2, partitions: 2, problem })
  aMinuteOf(fixture, 'a')
  expect(await scraped(ofNodes)).toEqual(['remo_node_cpu_usage_ratio{node="a"} 0.99', 'remo_node_up{node="a"} 1'])
})

test('no name breaks the rules of Prometheus for counters', async () => {
  const { scraped } = aConsole()
  expect(await scraped(/^# TYPE \S+_total gauge/)).toEqual([])
})
