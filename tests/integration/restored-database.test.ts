/** A restored cold backup of the database, while Kafka and the consoles keep all later records. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Tokens } from '#shared/rest/auth.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { aMatcher } from '#shared/silence/silence-builders.ts'
import type { Silence } from '#shared/silence/silence.ts'
import { demoAccount } from '../../scripts/stack/demo.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { type Postgres, startPostgres } from '../../scripts/stack/servers/postgres-server.ts'
import { migrateSchema } from '../../src-backend/db/schema-migrations.ts'
import { createPool } from '../../src-backend/db/pool.ts'
import { startStreamBroker, type StreamBroker } from '../contract/stream-broker.ts'
import { type BackendProcess, startBackendProcess } from '../support/backend-process.ts'
import { FieldProducer } from '../support/field-producer.ts'
import { nullLog } from '../support/null-log.ts'
import { DataThread } from './engine-thread.ts'

const within = { timeout: 40_000, interval: 50 }
let kafka: StreamBroker
let field: FieldProducer
let dir: string
let postgres: Postgres
const threads: DataThread[] = []
const backends: BackendProcess[] = []

beforeAll(async () => {
  kafka = await startStreamBroker()
  field = await new FieldProducer(kafka.bootstrap).connect()
  dir = mkdtempSync(join(tmpdir(), 'remo-restored-'))
  postgres = await startPostgres({ dir: join(dir, 'live'), port: await freePort() })
})
afterAll(async () => {
  await Promise.all([...threads, ...backends].map((each) => each.stop()))
  await field.close()
  await kafka.end()
  await postgres.stop()
  rmSync(dir, { recursive: true, force: true })
})

async function run(): Promise<{
  backend: BackendProcess
  call: <T>(method: string, path: string, body?: unknown) => Promise<T>
}> {
  const env = { REMO_DEMO: 'true', PASSWORD_MIN_LENGTH: '8' }
  const backend = await startBackendProcess({ databaseUrl: postgres.url, bootstrap: kafka.bootstrap, env })
  backends.push(backend)
  await backend.untilReady()
  const signedIn = await backend.fetch('/api/auth/login', { method: 'POST', body: new URLSearchParams(demoAccount) })
  const { access_token: token } = (await signedIn.json()) as Tokens
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const response = await backend.fetch(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
    expect(response.status, path).toBeLessThan(300)
    return (await response.json()) as T
  }
  return { backend, call }
}

function runConsole(name: string): DataThread {
  const dataDir = join(dir, name)
  mkdirSync(dataDir, { recursive: true })
  const thread = new DataThread({ dataDir, bootstrap: kafka.bootstrap, topicPattern: '^metrics-', hasBackend: true })
  threads.push(thread)
  return thread
}

const ruleIn = async (thread: DataThread, id: string) =>
  (await thread.supervisor.call('rules.list', {})).find((rule) => rule.id === id)
const silenceIn = async (thread: DataThread, id: string) =>
  (await thread.supervisor.call('silences.list', {})).find((silence) => silence.id === id)
const silenceOf = (nodeId: string) => ({
  matchers: [aMatcher('node', '=', nodeId)],
  schedule: { kind: 'once', startsAt: Date.now(), endsAt: Date.now() + 3_600_000 },
  comment: 'disk swap',
})
const copy = (from: string, to: string) => {
  rmSync(join(dir, to), { recursive: true, force: true })
  execFileSync('cp', ['-a', join(dir, from), join(dir, to)])
}
const save = (warning: number) => ({
  scope: { kind: 'node', nodeId: 'r-1' },
  metric: 'cpu_usage',
  condition: 'greater',
  warning,
  forSeconds: 0,
  enabled: true,
})

test('after a restore all consoles evaluate and acknowledge like the backend', { timeout: 240_000 }, async () => {
  const pool = createPool({ url: postgres.url, size: 2, log: nullLog })
  await migrateSchema(pool)
  await pool.end()
  const first = await run()
  const made = await first.call<Rule>('POST', '/api/rules', save(80))
  const { version: backedUp } = await first.call<Rule>('PUT', `/api/rules/${made.id}`, save(81))
  const kept = await first.call<Silence>('POST', '/api/silences', silenceOf('r-7'))
  await field.send({ nodeId: 'r-1', at: Date.now(), metrics: { cpu_usage: 10 } })
  const a = runConsole('console-a')
  await expect.poll(() => ruleIn(a, made.id), within).toMatchObject({ warning: 81 })
  await first.backend.stop()
  await postgres.stop()
  copy('live/data', 'backup')
  await postgres.start()

  const second = await run()
  const lost = await second.call<Rule>('PUT', `/api/rules/${made.id}`, save(82))
  const unknown = await second.call<Rule>('POST', '/api/rules', { ...save(5), metric: 'made_after_the_backup' })
  await second.call<Silence>('PUT', `/api/silences/${kept.id}`, { ...silenceOf('r-7'), comment: 'after the backup' })
  const withdrawn = await second.call<Silence>('POST', '/api/silences', silenceOf('r-8'))
  expect(lost.version).toBe(backedUp + 1)
  await expect.poll(async () => (await ruleIn(a, made.id))?.version, within).toBe(lost.version)
  await expect.poll(() => ruleIn(a, unknown.id), within).toBeDefined()
  await expect.poll(() => silenceIn(a, withdrawn.id), within).toBeDefined()
  await second.backend.stop()
  await postgres.stop()
  copy('backup', 'live/data')
  await postgres.start()

  const third = await run()
  const restored = await third.call<Rule>('GET', `/api/rules/${made.id}`)
  expect(restored).toMatchObject({ version: lost.version + 1, warning: 81 })
  const changed = await third.call<Rule>('PUT', `/api/rules/${made.id}`, save(84))
  expect(changed.version).toBe(lost.version + 2)
  const lines = third.backend.log.filter((line) => line.includes('it was restored from a backup'))
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { rules: 1, unknownRules: 1, silences: 1, unknownSilences: 1 },
  ])

  const b = runConsole('console-b')
  for (const thread of [a, b]) {
    await expect.poll(() => ruleIn(thread, made.id), within).toEqual(changed)
    await expect.poll(() => ruleIn(thread, unknown.id), within).toBeUndefined()
    await expect.poll(() => silenceIn(thread, kept.id), within).toEqual({ ...kept, version: 3 })
    await expect.poll(() => silenceIn(thread, withdrawn.id), within).toBeUndefined()
  }
  await expect.poll(() => Date.now() > changed.effectiveFrom, within).toBe(true)
  await field.send({ nodeId: 'r-1', at: Date.now(), metrics: { cpu_usage: 83 } })
  await field.send({ nodeId: 'r-1', at: Date.now(), metrics: { cpu_usage: 85 } })
  const open = async () => {
    const alerts = await third.call<Array<{ id: string; rule_version: number }>>('GET', '/api/alerts?phase=firing')
    return alerts.map(({ id, rule_version: version }) => ({ id, version }))
  }
  const openIn = async (thread: DataThread) =>
    (await thread.supervisor.call('alerts.list', { open: true })).map(({ id, ruleVersion: version }) => ({
      id,
      version,
    }))
  await expect.poll(async () => (await open()).map(({ version }) => version), within).toEqual([changed.version])
  const official = await open()
  for (const thread of [a, b]) await expect.poll(() => openIn(thread), within).toEqual(official)

  await third.call('POST', `/api/alerts/${official[0]?.id}/acknowledge`, { comment: 'restored' })
  for (const thread of [a, b]) {
    const comments = async () =>
      (await thread.supervisor.call('alerts.list', { open: true })).map(
        ({ acknowledgement }) => acknowledgement?.comment,
      )
    await expect.poll(comments, within).toEqual(['restored'])
  }
  const audit = await third.call<Array<{ action: string }>>('GET', '/api/audit')
  expect(audit.map(({ action }) => action)).toContain('database.restored')
})
