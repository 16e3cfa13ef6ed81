/**
 * What a real collectd writes to Kafka, with the load and the memory of this computer beside it. Without collectd, CI
 * fails and other computers skip: `npm test` installs it where it may.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import type { RecordReading } from '#shared/metric/formats/record-part.ts'
import { besideComputer, expectThisComputer } from '../support/beside-computer.ts'
import { hasCollectd, startCollectd } from '../support/collectd.ts'
import type { HostProgram } from '../support/host-program.ts'
import { isCounterIn, kindsOf, namesIn, partsOf, readingsOf } from '../support/topic-readings.ts'
import { EngineFixture } from './engine-fixture.ts'

const host = 'this-computer'
const topics = { json: 'collectd', raw: 'collectd-raw', command: 'collectd-command', graphite: 'collectd-graphite' }
const house = ['cpu_usage', 'memory_usage']
/** What `systeminformation` does not know of. */
const waiting = [
  'cpu.percent{plugin_instance=0,type_instance=wait}',
  'cpu.percent{plugin_instance=0,type_instance=steal}',
] as const

const isMissing = !hasCollectd() && !process.env['CI']
if (isMissing)
  console.warn('collectd is not installed: the test with it is skipped. Run: apt-get install collectd-core')

describe.skipIf(isMissing)('collectd', () => {
  const engine = EngineFixture.register()
  let collectd: HostProgram

  beforeAll(async () => {
    for (const topic of Object.values(topics)) await engine.kafka.createTopic(topic)
    collectd = await startCollectd({
      dir: engine.kafka.dir,
      bootstrap: engine.kafka.bootstrap,
      host,
      topics: [
        { topic: topics.json, format: 'JSON' },
        { topic: topics.raw, format: 'JSON', storeRates: false },
        { topic: topics.command, format: 'Command' },
        { topic: topics.graphite, format: 'Graphite' },
      ],
    })
    return () => collectd.stop()
  })

  test('CPU and memory of this computer are within 5 points of what the computer says', async () => {
    const view = await besideComputer(engine, {
      program: collectd,
      name: 'beside',
      topic: topics.json,
      partitions: 1,
      host,
      awaited: house,
      metrics: [...house, ...waiting],
      windowMs: 8_000,
    })
    const leftOut = waiting.reduce<number>((sum, metric) => sum + view.mean(metric), 0)
    expectThisComputer(view, leftOut)
    // one for each time that collectd looked: none is missing because parts have other times, and none is made twice
    const looks = view.series(waiting[0]).at.length
    expect(looks).toBeGreaterThan(3)
    expect(Math.abs(view.series('cpu_usage').at.length - looks)).toBeLessThan(2)
  })

  test('all that it writes is read, in each of its formats', async () => {
    const readings = await Promise.all(Object.values(topics).map((topic) => readingsOf(engine.kafka.bootstrap, topic)))
    const [json, raw, command, graphite] = readings as [
      RecordReading[],
      RecordReading[],
      RecordReading[],
      RecordReading[],
    ]
    expect([json, raw, command, graphite].map(kindsOf)).toEqual([
      // the first rates are null
      expect.toBeOneOf(['parts', 'not-a-number, parts']),
      'parts',
      'parts',
      'parts',
    ])
    expect(new Set(readings.flatMap(partsOf).map(({ nodeId }) => nodeId))).toEqual(new Set([host]))

    const names = ['cpu.percent{plugin_instance=0,type_instance=idle}', 'memory.memory{type_instance=used}']
    for (const one of readings) expect([...namesIn(one)]).toEqual(expect.arrayContaining(names))
    // Lines and paths say the same series as JSON does; commands number the values of a list.
    const traffic = 'interface.if_octets.rx{plugin_instance=lo}'
    expect([json, raw, graphite].map((one) => isCounterIn(one, traffic))).toEqual([false, true, true])
    expect(isCounterIn(command, 'interface.if_octets.0{plugin_instance=lo}')).toBe(true)
    expect([...namesIn(graphite)].sort()).toEqual([...namesIn(raw)].sort())
    expect(
      collectd
        .log()
        .split('\n')
        .filter((line) => line.includes('write_kafka') && line.includes('rror')),
    ).toEqual([])
  })
})
