/**
 * What a real collectd writes to Kafka, with the load and the memory of this computer beside it. Without collectd, CI
 * fails and other computers skip: `npm test` installs it where it may.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RecordReading } from '#shared/metric/formats/record-part.ts'
import { hasCollectd, startCollectd } from '../support/collectd.ts'
import { ComputerLoad } from '../support/computer-load.ts'
import type { HostProgram } from '../support/host-program.ts'
import { meanOver, type Series, storedSeries } from '../support/stored-series.ts'
import { isCounterIn, kindsOf, namesIn, partsOf, readingsOf } from '../support/topic-readings.ts'
import { EngineFixture } from './engine-fixture.ts'

const within = { timeout: 30_000, interval: 50 }
const host = 'this-computer'
const topics = { json: 'collectd', raw: 'collectd-raw', command: 'collectd-command', graphite: 'collectd-graphite' }
/** How long collectd and this test look at the same computer. */
const windowMs = 8_000

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
    const name = 'beside'
    const thread = engine.startThread(name, { topicPattern: '^collectd$' })
    const series = ['cpu_usage', 'memory_usage'].map((metric) => ({ nodeId: host, metric }))
    await expect
      .poll(() => thread.supervisor.call('live.values', { series }), within)
      .toEqual([expect.any(Number), expect.any(Number)])
    const computer = await ComputerLoad.watch()
    await delay(windowMs)
    await computer.stop()
    const to = Date.now()
    // the values of the last second have come too
    const isRead = async (): Promise<boolean> => {
      const { lagMessages } = await thread.supervisor.call('health.report', {})
      return lagMessages === 0 && Date.now() > to + 1_500
    }
    await expect.poll(isRead, within).toBe(true)
    await thread.stop()
    engine.thread = undefined

    const waitingFor = ['wait', 'steal'].map((state) => `cpu.percent{plugin_instance=0,type_instance=${state}}`)
    const stored = storedSeries(engine.dirOf(name), host, ['cpu_usage', 'memory_usage', ...waitingFor])
    const [cpu, memory, ...waiting] = [...stored.values()].map((one) => computer.beside(one)) as [
      Series,
      Series,
      ...Series[],
    ]
    const [from, last] = [cpu.at[0] ?? NaN, cpu.at.at(-1) ?? NaN]
    const leftOut = waiting.reduce((sum, one) => sum + meanOver(one, from, last), 0)
    expect(Math.abs(meanOver(cpu, from, last) - computer.cpu(from, last, leftOut))).toBeLessThan(5)
    const used = computer.memory(memory.at.at(-1) ?? NaN)
    expect(Math.abs((memory.values.at(-1) ?? NaN) - used)).toBeLessThan(5)
    // one for each time that collectd looked: none is missing because parts have other times, and none is made twice
    const looks = waiting[0]?.at.length ?? NaN
    expect(looks).toBeGreaterThan(3)
    expect(Math.abs(cpu.at.length - looks)).toBeLessThan(2)
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
