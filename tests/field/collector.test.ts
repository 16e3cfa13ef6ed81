/** What a real OpenTelemetry Collector writes to Kafka, with this computer beside it. */
import { beforeAll, expect, test } from 'vitest'
import { EngineFixture } from '../integration/engine-fixture.ts'
import type { HostProgram } from '../support/host-program.ts'
import { isCounterIn, kindsOf, namesIn, partsOf, readingsOf } from '../support/topic-readings.ts'
import { backendSeries, until } from './backend-series.ts'
import { besideComputer } from './beside-computer.ts'
import { busyCore } from './busy-core.ts'
import { startCollector } from './collector.ts'

const host = 'web-01'
/** `otlp_metrics` has the README's lines. */
const topics = [
  { topic: 'otlp_metrics', encoding: 'otlp_proto', hasKey: true, hasName: true },
  { topic: 'proto-without-key', encoding: 'otlp_proto', hasKey: false, hasName: true },
  { topic: 'json-with-key', encoding: 'otlp_json', hasKey: true, hasName: true },
  { topic: 'json-without-key', encoding: 'otlp_json', hasKey: false, hasName: true },
  { topic: 'without-host-name', encoding: 'otlp_proto', hasKey: false, hasName: false },
] as const
/** One record has all that a total is made of, so none requires a key. */
const house = ['cpu_usage', 'memory_usage', 'disk_io', 'network_traffic']
/** Seconds of all CPUs together a second. Series of one CPU are off by default. */
const cpuTime = (state: string): string => `system.cpu.time{state=${state}}`
const states = ['idle', 'interrupt', 'nice', 'softirq', 'steal', 'system', 'user', 'wait'].map(cpuTime)
/** What `systeminformation` does not know of. */
const waiting = ['steal', 'wait'].map(cpuTime)

const engine = EngineFixture.register()
let collector: HostProgram

beforeAll(async () => {
  for (const { topic } of topics) await engine.kafka.createTopic(topic, 3)
  const stopLoad = busyCore()
  collector = await startCollector({
    dir: engine.kafka.dir,
    bootstrap: engine.kafka.bootstrap,
    host,
    topics: topics.filter(({ topic }) => topic !== 'otlp_metrics'),
  })
  return async () => {
    await collector.stop()
    await stopLoad()
  }
})

test.each(topics)('$topic: a console shows this computer', async ({ topic, encoding, hasName }) => {
  // without a name, the node is the topic
  const nodeId = hasName ? host : topic
  const view = await besideComputer(engine, {
    program: collector,
    name: topic,
    topic,
    host: nodeId,
    awaited: house,
    metrics: [...house, ...states],
  })
  const secondsOf = (names: readonly string[]): number => names.reduce((sum, name) => sum + view.mean(name), 0)
  const taken = (100 * secondsOf(waiting)) / secondsOf(states)
  expect(Math.abs(view.mean('cpu_usage') - view.cpu(taken))).toBeLessThan(5)
  expect(view.mean('cpu_usage'), 'a core is busy').toBeGreaterThan(10)
  const memory = view.series('memory_usage').values.at(-1) ?? NaN
  expect(Math.abs(memory - view.memory)).toBeLessThan(5)
  for (const metric of ['disk_io', 'network_traffic']) {
    expect(Math.min(...view.series(metric).values), metric).toBeGreaterThanOrEqual(0)
  }
  // one for each time that the Collector looked: none is missing, and none is made twice
  const looks = view.series(cpuTime('idle')).at
  expect(looks.length).toBeGreaterThan(3)
  expect(Math.abs(view.series('memory_usage').at.length - looks.length)).toBeLessThan(2)

  expect(view.source).toMatchObject({
    state: 'reading',
    formats: [{ name: encoding === 'otlp_json' ? 'otlp-json' : 'otlp-proto', share: 1 }],
    passed: [],
    rejected: 0,
    hosts: 1,
    spread: 0,
  })
})

test('a backend stores the same values as a console, to the bit', async () => {
  const topic = 'otlp_metrics'
  const metrics = house
  const run = { program: collector, name: 'beside-backend', topic, host, awaited: metrics, metrics }
  const view = await besideComputer(engine, run)
  const to = Math.min(...metrics.map((metric) => view.stored(metric).at.at(-1) ?? 0))
  const ofBackend = await backendSeries({ bootstrap: engine.kafka.bootstrap, topic, host, metrics, to })
  for (const metric of metrics) {
    expect(view.series(metric).at.length, metric).toBeGreaterThan(3)
    expect(ofBackend.get(metric), metric).toEqual(until(view.stored(metric), to))
  }
})

test('all that it writes is read, in each of its formats', async () => {
  const readings = await Promise.all(topics.map(({ topic }) => readingsOf(engine.kafka.bootstrap, topic, 12)))
  expect(readings.map(kindsOf)).toEqual(topics.map(() => 'parts'))
  const [proto = [], , json = []] = readings
  expect(new Set(partsOf([...proto, ...json]).map(({ nodeId }) => nodeId))).toEqual(new Set([host]))
  expect([...namesIn(json)].sort()).toEqual([...namesIn(proto)].sort())
  expect([...namesIn(proto)]).toEqual(
    expect.arrayContaining([
      'system.cpu.time{state=idle}',
      'system.cpu.load_average.1m',
      'system.memory.usage{state=used}',
      'system.filesystem.usage{mountpoint=/,state=used}',
    ]),
  )
  for (const one of readings) {
    expect(isCounterIn(one, 'system.cpu.time{state=idle}')).toBe(true)
    expect(isCounterIn(one, 'system.memory.usage{state=used}')).toBe(false)
  }
  expect(collector.log()).not.toMatch(/\terror\t/)
})
