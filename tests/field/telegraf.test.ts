/** What a real Telegraf writes to Kafka, with this computer beside it. */
import { beforeAll, expect, test } from 'vitest'
import { EngineFixture } from '../integration/engine-fixture.ts'
import { besideComputer, expectThisComputer } from '../support/beside-computer.ts'
import type { HostProgram } from '../support/host-program.ts'
import { isCounterIn, kindsOf, namesIn, partsOf, readingsOf } from '../support/topic-readings.ts'
import { expectSameInBackend } from './backend-series.ts'
import { besideLoad, startBesideLoad } from './beside-load.ts'
import { startTelegraf } from './telegraf.ts'

const host = 'web-01'
/** `telegraf` has the README's lines. */
const topics = [
  { topic: 'telegraf', format: 'influx', hasKey: true },
  { topic: 'lines-without-key', format: 'influx', hasKey: false },
  { topic: 'json-with-key', format: 'json', hasKey: true },
  { topic: 'json-without-key', format: 'json', hasKey: false },
] as const
const house = { record: ['cpu_usage', 'memory_usage'], records: ['disk_io', 'network_traffic'] }
const waiting = ['cpu.usage_iowait{cpu=cpu-total}', 'cpu.usage_steal{cpu=cpu-total}'] as const

const engine = EngineFixture.register()
let telegraf: HostProgram

beforeAll(async () => {
  const others = topics.filter(({ topic }) => topic !== 'telegraf')
  const running = await startBesideLoad(engine, topics, () =>
    startTelegraf({ dir: engine.kafka.dir, bootstrap: engine.kafka.bootstrap, host, topics: others }),
  )
  telegraf = running.program
  return running.stop
})

test.each(topics)('$topic: a console shows this computer', async ({ topic, hasKey, format }) => {
  const totals = hasKey ? house.records : []
  const awaited = [...house.record, ...totals]
  const metrics = [...house.record, ...house.records, ...waiting]
  const view = await besideComputer(engine, {
    ...besideLoad,
    program: telegraf,
    name: topic,
    topic,
    host,
    awaited,
    metrics,
  })

  const taken = waiting.reduce<number>((sum, metric) => sum + view.mean(metric), 0)
  expectThisComputer(view, taken)
  expect(view.mean('cpu_usage'), 'a core is busy').toBeGreaterThan(10)
  for (const metric of totals) {
    expect(Math.min(...view.series(metric).values), metric).toBeGreaterThanOrEqual(0)
  }
  // one for each time that Telegraf looked: none is missing, and none is made twice
  const looks = view.series(waiting[0]).at
  expect(looks.length).toBeGreaterThan(3)
  expect(view.series('cpu_usage').at).toEqual(looks)

  expect(view.source).toMatchObject({
    state: 'reading',
    formats: [{ name: format === 'json' ? 'telegraf-json' : 'influx-line', share: 1 }],
    rejected: 0,
    hosts: 1,
    spread: hasKey ? 0 : 1,
  })
  const made = house.records.map((metric) => view.series(metric).at.length > 0)
  expect(made).toEqual([hasKey, hasKey])
})

test('a backend stores the same values as a console, to the bit', () =>
  expectSameInBackend(engine, {
    program: telegraf,
    topic: 'telegraf',
    host,
    metrics: [...house.record, ...house.records],
  }))

test('all that it writes is read, in each of its formats', async () => {
  const readings = await Promise.all(topics.map(({ topic }) => readingsOf(engine.kafka.bootstrap, topic, 50)))
  // the uptime as a text has a record of its own
  expect(readings.map(kindsOf)).toEqual(topics.map(() => 'no-numbers, parts'))
  expect(new Set(readings.flatMap(partsOf).map(({ nodeId }) => nodeId))).toEqual(new Set([host]))
  const [lines, , json] = readings
  expect([...namesIn(json ?? [])].sort()).toEqual([...namesIn(lines ?? [])].sort())
  expect([...namesIn(lines ?? [])]).toEqual(
    expect.arrayContaining([
      'cpu.usage_idle{cpu=cpu-total}',
      'cpu.usage_idle{cpu=cpu0}',
      'mem.used_percent',
      'disk.used_percent{path=/}',
      'system.load1',
      'system.uptime',
    ]),
  )
  for (const one of readings) {
    expect(isCounterIn(one, 'cpu.time_idle{cpu=cpu-total}')).toBe(true)
    expect(isCounterIn(one, 'mem.used')).toBe(false)
  }
  expect(telegraf.log()).not.toMatch(/ E! /)
})
