/** A topic whose JSON has a shape of its own, in a real Kafka: read by a mapping of a console, and by one of its team. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Producer } from 'kafkajs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { FieldMapping } from '#shared/metric/mapping/field-mapping.ts'
import { pressMapping } from '#shared/metric/mapping/mapping-builders.ts'
import { removeMappingOperation, saveMappingOperation } from '#shared/rest/mappings.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { draftOfRule } from '#shared/rule/rule-draft.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { type Postgres, startPostgres } from '../../scripts/stack/servers/postgres-server.ts'
import { type CallBackend, RestClient } from '../../src-main/main/backend/rest/rest-client.ts'
import { quietClient, startStreamBroker, type StreamBroker } from '../contract/stream-broker.ts'
import { FieldProducer } from '../support/field-producer.ts'
import { TeamBackend } from '../support/team-backend.ts'
import { DataThread, type DataThreadChoice } from './engine-thread.ts'

const within = { timeout: 40_000, interval: 50 }
const nodeId = 'PL-0417'
const { topic: _, ...shape } = pressMapping
const mappingOf = (topic: string, change: Partial<FieldMapping> = {}): FieldMapping => ({
  topic,
  ...shape,
  ...change,
})

let kafka: StreamBroker
let dir: string
let field: FieldProducer
let producer: Producer
const threads: DataThread[] = []

beforeAll(async () => {
  kafka = await startStreamBroker()
  dir = mkdtempSync(join(tmpdir(), 'remo-mappings-'))
  field = await new FieldProducer(kafka.bootstrap).connect()
  producer = quietClient(kafka.bootstrap).producer({ allowAutoTopicCreation: false })
  await producer.connect()
})
afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.stop()))
})
afterAll(async () => {
  await producer?.disconnect()
  await field?.close()
  await kafka?.end()
  rmSync(dir, { recursive: true, force: true })
})

/** @param name of the data folder: a second one with this name continues on its data */
function aConsole(name: string, choice: Omit<DataThreadChoice, 'dataDir' | 'bootstrap'>): DataThread {
  const dataDir = join(dir, name)
  mkdirSync(dataDir, { recursive: true })
  const thread = new DataThread({ dataDir, bootstrap: kafka.bootstrap, ...choice })
  threads.push(thread)
  return thread
}

/** One record of the machine. @param at timestamp of the record and event time */
async function send(topic: string, oilTemp: number, at = Date.now()): Promise<void> {
  const value = JSON.stringify({
    machine: { serial: nodeId, label: 'Press 4', line: 'north' },
    meta: { measuredAt: at, fw: '2.11' },
    readings: [
      { kind: 'oil_temp', v: oilTemp, u: '°C' },
      { kind: 'door', v: 'shut', u: null },
    ],
  })
  await producer.send({ topic, messages: [{ key: nodeId, value, timestamp: String(at) }] })
}

const newest = (thread: DataThread, metric: string): Promise<Array<number | null>> =>
  thread.supervisor.call('live.values', { series: [{ nodeId, metric }] })

test('by a mapping of the console: values and alerts, also after it changed while running, and after a restart', async () => {
  const topic = 'press-line'
  await field.createTopic(topic)
  const options = { topicPattern: '^press-line$', mappings: [mappingOf(topic)] }
  const first = aConsole('own', options)
  const levels = { warning: 60, critical: 80, clear: 55, forSeconds: 0 }
  const draft = draftOfRule(aRule({ metric: 'press.oil_temp', ...levels }))
  const rule = await first.supervisor.call('rules.save', { draft })
  await send(topic, 61.5, rule.effectiveFrom)
  await expect.poll(() => newest(first, 'press.oil_temp'), within).toEqual([61.5])
  await expect
    .poll(() => first.alerts, within)
    .toMatchObject([{ nodeId, nodeName: 'Press 4', metric: 'press.oil_temp', severity: 'warning', value: 61.5 }])
  expect(await first.supervisor.call('sources.list', {})).toMatchObject([
    { name: topic, state: 'reading', formats: [{ name: 'mapping' }] },
  ])

  await first.supervisor.call('mappings.setOwn', { mappings: [mappingOf(topic, { prefix: 'line.' })] })
  await send(topic, 62, rule.effectiveFrom + 1000)
  await expect.poll(() => newest(first, 'line.oil_temp'), within).toEqual([62])
  expect(await newest(first, 'press.oil_temp')).toEqual([61.5])
  await first.stop()

  await send(topic, 63, rule.effectiveFrom + 2000)
  const second = aConsole('own', options)
  await expect.poll(() => newest(second, 'press.oil_temp'), within).toEqual([63])
  expect(await newest(second, 'line.oil_temp')).toEqual([62])
})

test('by a mapping of the team: the same in all consoles by timestamps, also in one that starts without the backend', async () => {
  const topic = 'press-south'
  await field.createTopic(topic)
  const postgres: Postgres = await startPostgres({ dir: join(dir, 'postgres'), port: await freePort() })
  const backend = await TeamBackend.start(postgres, kafka.bootstrap)
  try {
    const call = await callAs(backend)
    // Without effect: the team has a mapping of this topic.
    const mappings = [mappingOf(topic, { prefix: 'mine.' })]
    const options = { topicPattern: '^press-south$', hasBackend: true }
    const [one, two] = [aConsole('one', options), aConsole('two', { ...options, mappings })]
    const saved = await call(saveMappingOperation, { params: { topic }, body: shape })
    if (!saved.ok) throw new Error('the mapping was not saved')
    const { effectiveFrom: from } = saved.body
    for (const thread of [one, two])
      await expect.poll(() => thread.supervisor.call('mappings.team', {}), within).toEqual([saved.body])
    await send(topic, 60, from - 1)
    await send(topic, 61, from)
    for (const thread of [one, two]) {
      await expect.poll(() => newest(thread, 'press.oil_temp'), within).toEqual([61])
      expect(await newest(thread, 'mine.oil_temp')).toEqual([null])
      expect(await thread.supervisor.call('sources.list', {})).toMatchObject([{ records: 2, formats: [{ share: 1 }] }])
    }
    const removed = await call(removeMappingOperation, { params: { topic }, ifMatch: saved.body.version })
    if (!removed.ok) throw new Error('the mapping was not removed')
    await expect.poll(() => two.supervisor.call('mappings.team', {}), within).toEqual([removed.body])
    await backend.stop()
    const until = removed.body.effectiveFrom
    await send(topic, 62, until - 1)
    await send(topic, 63, until)
    await one.stop()
    const again = aConsole('one', options)
    const late = aConsole('late', options)
    for (const thread of [two, again, late]) {
      await expect.poll(() => newest(thread, 'press.oil_temp'), within).toEqual([62])
      expect(await thread.supervisor.call('rejectedRecords.list', { limit: 5 })).toEqual([])
    }
  } finally {
    await backend.end()
    await postgres.stop()
  }
})

async function callAs(backend: TeamBackend): Promise<CallBackend> {
  const client = new RestClient({ url: backend.url, fetch, onResponse: () => undefined })
  const token = await backend.signIn('operator')
  return (operation, input) => client.call(operation, input, { token })
}
