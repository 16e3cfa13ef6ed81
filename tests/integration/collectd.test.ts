/**
 * What a real collectd writes to Kafka, with the load and the memory of this computer beside it. Without collectd, CI
 * fails and other computers skip: `npm test` installs it where it may.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { KafkaMessage } from 'kafkajs'
import { currentLoad, mem } from 'systeminformation'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RecordPart, RecordReading } from '#shared/metric/formats/record-part.ts'
import { readRecord } from '#shared/metric/formats/read-record.ts'
import { readRange } from '../../src-main/read/read-range.ts'
import { ConsoleStore } from '../../src-main/store/console-store.ts'
import { ReadStore } from '../../src-main/store/read-store.ts'
import { quietClient } from '../contract/stream-broker.ts'
import { hasCollectd, startCollectd, type Collectd } from '../support/collectd.ts'
import { EngineFixture } from './engine-fixture.ts'

const within = { timeout: 30_000, interval: 50 }
const host = 'this-computer'
const topics = { json: 'collectd', raw: 'collectd-raw', command: 'collectd-command', graphite: 'collectd-graphite' }
/** How long collectd and this test look at the same computer. */
const windowMs = 8_000

interface Series {
  readonly at: readonly number[]
  readonly values: readonly number[]
}

const isMissing = !hasCollectd() && !process.env['CI']
if (isMissing)
  console.warn('collectd is not installed: the test with it is skipped. Run: apt-get install collectd-core')

describe.skipIf(isMissing)('collectd', () => {
  const engine = EngineFixture.register()
  let collectd: Collectd

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
    await currentLoad()
    const from = Date.now()
    await delay(windowMs)
    const { currentLoad: load } = await currentLoad()
    const to = Date.now()
    const { total, available } = await mem()
    // the values of the last second have come too
    const isRead = async (): Promise<boolean> => {
      const { lagMessages } = await thread.supervisor.call('health.report', {})
      return lagMessages === 0 && Date.now() > to + 1_500
    }
    await expect.poll(isRead, within).toBe(true)
    await thread.stop()
    engine.thread = undefined

    const cpu = stored(name, 'cpu_usage')
    const waiting = stored(name, 'cpu.percent{plugin_instance=0,type_instance=wait}')
    // The load of the computer leaves out the time in which it waits for its disks.
    const wait = meanOver(waiting, from, to) / 100
    expect(Math.abs(meanOver(cpu, from, to) - (load * (1 - wait) + 100 * wait))).toBeLessThan(5)
    const memory = stored(name, 'memory_usage')
    expect(Math.abs((memory.values.at(-1) ?? NaN) - (100 * (total - available)) / total)).toBeLessThan(5)
    // one a second: none is missing because parts have other times, and none is made twice
    expect(cpu.at.length).toBeGreaterThan((0.7 * (to - from)) / 1000)
    expect(steps(cpu.at).filter((step) => step < 500)).toEqual([])
  })

  test('all that it writes is read, in each of its formats', async () => {
    const readings = await Promise.all(Object.values(topics).map(readingsOf))
    const [json, raw, command, graphite] = readings as [
      RecordReading[],
      RecordReading[],
      RecordReading[],
      RecordReading[],
    ]
    expect([json, raw, command, graphite].map(kinds)).toEqual([
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
    expect([json, raw, graphite].map((one) => isCounter(one, traffic))).toEqual([false, true, true])
    expect(isCounter(command, 'interface.if_octets.0{plugin_instance=lo}')).toBe(true)
    expect([...namesIn(graphite)].sort()).toEqual([...namesIn(raw)].sort())
    expect(
      collectd
        .log()
        .split('\n')
        .filter((line) => line.includes('write_kafka') && line.includes('rror')),
    ).toEqual([])
  })

  async function readingsOf(topic: string): Promise<RecordReading[]> {
    const messages = await messagesOf(topic)
    return messages.map(({ key, value, timestamp }) => readRecord({ topic, key, value, timestamp: Number(timestamp) }))
  }

  /** All messages of the topic that are there now. */
  async function messagesOf(topic: string): Promise<KafkaMessage[]> {
    const [{ high = '0' } = {}] = await engine.kafka.admin.fetchTopicOffsets(topic)
    const messages: KafkaMessage[] = []
    const consumer = quietClient(engine.kafka.bootstrap).consumer({ groupId: `test-${topic}` })
    await consumer.connect()
    try {
      await consumer.subscribe({ topic, fromBeginning: true })
      await consumer.run({ eachMessage: async ({ message }) => void messages.push(message) })
      await expect.poll(() => messages.length, within).toBeGreaterThanOrEqual(Number(high))
    } finally {
      await consumer.disconnect()
    }
    return messages
  }

  /** What a chart shows of the series. */
  function stored(name: string, metric: string): Series {
    const dir = engine.dirOf(name)
    const { store } = ConsoleStore.open(dir, Date.now())
    const reader = ReadStore.open(dir)
    try {
      const range = { from: 0, to: Date.now() + 60_000, points: 10_000 }
      const [columns] = readRange(reader, store.samples.heads(host), { nodeId: host, metrics: [metric], ...range })
      return { at: [...(columns?.at ?? [])], values: [...(columns?.last ?? [])] }
    } finally {
      reader.close()
      store.close()
    }
  }
})

/** The mean from `from` to `to` of values each of which is the mean since the one before. */
function meanOver({ at, values }: Series, from: number, to: number): number {
  let [sum, time] = [0, 0]
  for (let i = 1; i < at.length; i++) {
    const [begin, end] = [Math.max(at[i - 1] as number, from), Math.min(at[i] as number, to)]
    if (end <= begin) continue
    sum += (values[i] as number) * (end - begin)
    time += end - begin
  }
  return sum / time
}

function steps(at: readonly number[]): number[] {
  return at.slice(1).map((time, i) => time - (at[i] as number))
}

function partsOf(readings: readonly RecordReading[]): RecordPart[] {
  return readings.flatMap((reading) => (reading.kind === 'parts' ? reading.parts : []))
}

/** What became of the records, each outcome once. */
function kinds(readings: readonly RecordReading[]): string {
  const found = readings.map((reading) => {
    if (reading.kind === 'passed') return reading.why
    const reject = reading.kind === 'rejected' ? reading.reject : reading.refused
    return reject?.reason ?? reading.kind
  })
  return [...new Set(found)].sort().join(', ')
}

function namesIn(readings: readonly RecordReading[]): Set<string> {
  return new Set(partsOf(readings).flatMap(({ shape }) => shape.names))
}

/** Whether the series is a counter, in the newest record with it. */
function isCounter(readings: readonly RecordReading[], name: string): boolean | undefined {
  const part = partsOf(readings).findLast(({ shape }) => shape.names.includes(name))
  return part?.shape.counters.includes(part.shape.names.indexOf(name))
}
