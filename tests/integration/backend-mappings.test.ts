/** Replicas and consoles on a real Kafka read JSON of its own shape: by a file, and by what an operator saves. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { topicMappingCodec } from '#shared/codec/domain-codecs.ts'
import type { FieldMapping, TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { Tokens } from '#shared/rest/auth.ts'
import { demoAccount } from '../../scripts/stack/demo.ts'
import { newestRecords } from '../containers/newest-records.ts'
import { quietClient, startStreamBroker, type StreamBroker } from '../contract/stream-broker.ts'
import { type BackendProcess, startBackendProcess } from '../support/backend-process.ts'
import { pressMapping, pressText } from '../support/press-line.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'
import { DataThread } from './engine-thread.ts'

const within = { timeout: 40_000, interval: 50 }
let kafka: StreamBroker
let database: TestDatabase
let dir: string
const replicas: BackendProcess[] = []
const consoles: DataThread[] = []
const topicPattern = '^(press-line|hall)$'

beforeAll(async () => {
  kafka = await startStreamBroker()
  database = await testDatabase()
  dir = mkdtempSync(join(tmpdir(), 'remo-mappings-'))
})
afterAll(async () => {
  await Promise.all([...consoles.map((each) => each.stop()), ...replicas.map((replica) => replica.kill())])
  await kafka.end()
  await database.end()
  rmSync(dir, { recursive: true, force: true })
})

function fileOf(name: string, content: unknown): string {
  const path = join(dir, name)
  writeFileSync(path, JSON.stringify(content))
  return path
}

async function start(mappings: readonly FieldMapping[]): Promise<BackendProcess> {
  const file = fileOf(`${replicas.length}.json`, { remo: 'mappings', mappings })
  const env = {
    REMO_DEMO: 'true',
    PASSWORD_MIN_LENGTH: '8',
    KAFKA_TOPIC_PATTERN: topicPattern,
    REMO_MAPPINGS_FILE: file,
  }
  const replica = await startBackendProcess({ databaseUrl: database.url, bootstrap: kafka.bootstrap, env })
  replicas.push(replica)
  await replica.untilReady()
  return replica
}

function aConsole(): DataThread {
  const dataDir = join(dir, `console-${consoles.length}`)
  mkdirSync(dataDir)
  const thread = new DataThread({ dataDir, bootstrap: kafka.bootstrap, topicPattern, hasBackend: true })
  consoles.push(thread)
  return thread
}

/** The newest `press.force` of a node. */
const force = async ({ supervisor }: DataThread, nodeId: string) =>
  (await supervisor.call('live.values', { series: [{ nodeId, metric: 'press.force' }] }))[0]

async function call<T>(replica: BackendProcess, method: string, path: string, body?: unknown): Promise<T> {
  const signedIn = await replica.fetch('/api/auth/login', { method: 'POST', body: new URLSearchParams(demoAccount) })
  const { access_token: token } = (await signedIn.json()) as Tokens
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const response = await replica.fetch(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  return (await response.json()) as T
}

const latest = async (replica: BackendProcess, node: string): Promise<Record<string, { value: number }>> =>
  (await call<Record<string, Record<string, { value: number }>>>(replica, 'GET', '/api/metrics/latest'))[node] ?? {}

/** Of all replicas that run, by the lines that Prometheus reads. */
async function counted(name: string): Promise<number> {
  let sum = 0
  for (const { metricsPort } of replicas.slice(0, 2)) {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    for (const line of text.split('\n')) if (line.startsWith(`${name} `)) sum += Number(line.slice(name.length + 1))
  }
  return sum
}

const send = (topic: string, serial: string, { kN }: { kN: number }) =>
  kafka.write(topic, [pressText({ serial, at: Date.now(), kN, oil: 61 })])

const takes = { timeout: 240_000 }
test(
  'replicas and consoles read by a file, by a saved mapping, and after a restart with another file',
  takes,
  async () => {
    await kafka.createTopic('hall')
    await kafka.createTopic('press-line')
    await send('hall', 'H-1', { kN: 11 })
    await send('press-line', 'P-1', { kN: 1 })
    const hall = pressMapping('hall')
    const [a, b] = [await start([hall]), await start([hall])]
    const early = aConsole()
    // the file holds for what was in the topic before
    await expect.poll(() => latest(b, 'H-1'), within).toMatchObject({ 'press.force': { value: 11 } })
    await expect.poll(() => force(early, 'H-1'), within).toBe(11)

    const { topic: _, ...body } = pressMapping('press-line')
    const saved = await call<TopicMapping>(a, 'PUT', '/api/mappings/press-line', body)
    await expect.poll(() => Date.now() > saved.effectiveFrom, within).toBe(true)
    await send('press-line', 'P-1', { kN: 412 })
    await expect.poll(() => latest(b, 'P-1'), within).toMatchObject({ 'press.force': { value: 412 } })
    const late = aConsole()
    for (const each of [early, late]) await expect.poll(() => force(each, 'P-1'), within).toBe(412)
    expect(await call(b, 'GET', '/api/mappings')).toMatchObject([{ topic: 'hall', isFixed: true }, saved])
    expect(await counted('remo_ingest_records_total{format="mapping"}')).toBe(2)
    // of before the mapping
    expect(await counted('remo_ingest_passed_over_total{reason="not-metrics"}')).toBe(1)

    const records = await newestRecords(quietClient(kafka.bootstrap), ['remo-alerts'])
    const published = records.flatMap(({ key, value }) => {
      const decoded = key.startsWith('mapping:') ? topicMappingCodec.parse(value) : undefined
      return decoded?.ok === true ? [decoded.value] : []
    })
    expect(published).toMatchObject([{ topic: 'hall', isFixed: true, effectiveFrom: 0 }, saved])

    await Promise.all([a.stop(), b.stop()])
    await send('hall', 'H-1', { kN: 12 })
    for (const each of [early, late]) await expect.poll(() => force(each, 'H-1'), within).toBe(12)
    const c = await start([])
    expect(await call(c, 'GET', '/api/mappings')).toEqual([saved])
    await send('press-line', 'P-1', { kN: 413 })
    await expect.poll(() => latest(c, 'P-1'), within).toMatchObject({ 'press.force': { value: 413 } })
    // what was sent before the topic left the file is read by its mapping of that time
    await expect.poll(() => latest(c, 'H-1'), within).toMatchObject({ 'press.force': { value: 12 } })
  },
)

test('a file with a mistake is refused before anything is opened', async () => {
  const REMO_MAPPINGS_FILE = fileOf('wrong.json', { remo: 'mappings', mappings: [{ topic: 'hall', values: '' }] })
  const options = { databaseUrl: database.url, bootstrap: kafka.bootstrap, env: { REMO_MAPPINGS_FILE } }
  await expect(startBackendProcess(options)).rejects.toThrow(/REMO_MAPPINGS_FILE: .+: mappings\.0\.node: required\./)
})
