/** What a real OpenTelemetry Collector writes to Kafka, with this computer beside it. */
import { beforeAll, expect, test } from 'vitest'
import { EngineFixture } from '../integration/engine-fixture.ts'
import { besideComputer, expectThisComputer } from '../support/beside-computer.ts'
import type { HostProgram } from '../support/host-program.ts'
import { isCounterIn, kindsOf, namesIn, partsOf, readingsOf } from '../support/topic-readings.ts'
import { expectSameInBackend } from './backend-series.ts'
import { besideLoad, startBesideLoad } from './beside-load.ts'
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
  const others = topics.filter(({ topic }) => topic !== 'otlp_metrics')
  const running = await startBesideLoad(engine, topics, () =>
    startCollector({ dir: engine.kafka.dir, bootstrap: engine.kafka.bootstrap, host, topics: others }),
  )
  collector = running.program
  return running.stop
})

test.each(topics)('$topic: a console shows this computer', async ({ topic, encoding, hasName }) => {
  // without a name, the node is the topic
  const nodeId = hasName ? host : topic
  const view = await besideComputer(engine, {
    ...besideLoad,
    program: collector,
    name: topic,
    topic,
    host: nodeId,
    awaited: house,
    metrics: [...house, ...states],
  })
  const secondsOf = (names: readonly string[]): number => names.reduce((sum, name) => sum + view.mean(name), 0)
  const taken = (100 * secondsOf(waiting)) / secondsOf(states)
  expectThisComputer(view, taken)
  expect(view.mean('cpu_usage'), 'a core is busy').toBeGreaterThan(10)
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

test('a backend stores the same values as a console, to the bit', () =>
  expectSameInBackend(engine, { program: collector, topic: 'otlp_metrics', host, metrics: house }))

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
