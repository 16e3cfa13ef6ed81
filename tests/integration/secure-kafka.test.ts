/** Backend and producer on a Kafka with TLS and SASL; the password is in a file. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { teamTopics } from '#shared/team/team-topics.ts'
import { quietClient } from '../contract/stream-broker.ts'
import { startBackendProcess } from '../support/backend-process.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'
import { oddPassword, type SecureBroker, startSecureBroker } from '../support/secure-broker.ts'

const producer = join(import.meta.dirname, '../../producers/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'remo-secure-test-'))
const passwordFile = join(dir, 'password')
let kafka: SecureBroker
let database: TestDatabase

beforeAll(async () => {
  writeFileSync(passwordFile, `${oddPassword}\n`)
  ;[kafka, database] = await Promise.all([startSecureBroker(), testDatabase()])
  await kafka.putUser({ username: 'remo', password: oddPassword })
})
afterAll(async () => {
  await Promise.all([kafka.end(), database.end()])
  rmSync(dir, { recursive: true, force: true })
})

const access = () => ({
  KAFKA_BOOTSTRAP_SERVERS: kafka.at.login,
  KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
  KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
  KAFKA_SASL_USERNAME: 'remo',
  KAFKA_SASL_PASSWORD_FILE: passwordFile,
  KAFKA_SSL_CA: kafka.certificates.ca,
})

test('produced messages reach PostgreSQL, and the backend publishes its rules', async () => {
  expect(await produce(['--nodes', '2', '--count', '3', '--interval', '0.1'])).toContain('all records stored stored=6')

  const backend = await startBackendProcess({ databaseUrl: database.url, bootstrap: kafka.at.login, env: access() })
  onTestFinished(() => backend.kill())
  await vi.waitFor(async () => expect(await samplesByNode()).toEqual({ 'load-1': 3, 'load-2': 3 }), { timeout: 30_000 })
  await vi.waitFor(async () => expect(await topics()).toContain(teamTopics().rules), { timeout: 30_000 })
  expect(backend.log.filter((line) => line.includes(JSON.stringify(oddPassword).slice(1, -1)))).toEqual([])
})

/** Runs it until its exit and returns its output. */
async function produce(args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], ...access() }
  const child = spawn(process.execPath, [producer, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return text(child.stdout)
}

async function samplesByNode(): Promise<Record<string, number>> {
  const { rows } = await database.pool.query<{ node_id: string; n: number }>(
    'select node_id, count(*)::int as n from sample join node on node.id = sample.node group by node_id limit 100',
  )
  return Object.fromEntries(rows.map(({ node_id: node, n }) => [node, n]))
}

async function topics(): Promise<string[]> {
  const admin = quietClient(kafka.broker.bootstrap).admin()
  await admin.connect()
  try {
    return await admin.listTopics()
  } finally {
    await admin.disconnect()
  }
}
