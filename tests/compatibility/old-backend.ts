import { randomBytes } from 'node:crypto'
import { Partitioners } from 'kafkajs'
import pg from 'pg'
import { Lifetime } from '#shared/lifetime.ts'
import { inject } from 'vitest'
import { freePort } from '../../scripts/process/free-port.ts'
import { readConfig } from '../../src-backend/config/config.ts'
import { migrateSchema } from '../../src-backend/db/schema-migrations.ts'
import { createPool } from '../../src-backend/db/pool.ts'
import { startReplica } from '../../src-backend/replica.ts'
import { type CallBackend, RestClient } from '../../src-main/main/backend/rest/rest-client.ts'
import { quietClient, type StreamBroker } from '../contract/stream-broker.ts'
import { nullLog } from '../support/null-log.ts'
import { at, databaseDump, type FixtureRecord, metricRecords, teamRecords } from './fixture.ts'

export interface OldBackend {
  readonly pool: pg.Pool
  readonly url: string
  /** Migrations that ran. */
  readonly migrations: readonly string[]
  signIn(username: string, password: string): Promise<Response>
  end(): Promise<void>
}

/** One replica on the restored dump. Its clock starts at the end of the fixture, so that no record is too old. */
export async function backendOnDump(broker: StreamBroker): Promise<OldBackend> {
  const started = Date.now()
  const databaseUrl = await restoredDatabase()
  const pool = createPool({ url: databaseUrl, size: 4, log: nullLog })
  const migrations = await migrateSchema(pool)
  const port = await freePort()
  const read = readConfig(
    {
      DATABASE_URL: databaseUrl,
      KAFKA_BOOTSTRAP_SERVERS: broker.bootstrap,
      JWT_SECRET_KEY: randomBytes(36).toString('base64'),
      PASSWORD_MIN_LENGTH: '8',
      PORT: String(port),
      PROMETHEUS_PORT: '0',
    },
    () => '',
  )
  if (!read.ok) throw new Error(read.problems.join('\n'))
  const life = new Lifetime(nullLog)
  const stop = new AbortController()
  await startReplica({
    config: read.config,
    version: 'test',
    log: nullLog,
    life,
    stopSignal: stop.signal,
    refused: (reason) => {
      throw new Error(reason)
    },
    now: () => at('10:01:30') + Date.now() - started,
  })
  const url = `http://127.0.0.1:${port}`
  return {
    pool,
    url,
    migrations,
    signIn: (username, password) =>
      fetch(`${url}/api/auth/login`, { method: 'POST', body: new URLSearchParams({ username, password }) }),
    end: async () => {
      stop.abort()
      await life.end()
      await pool.end()
    },
  }
}

/** The console's client, signed in. */
export async function clientOf(backend: OldBackend, username: string, password: string): Promise<CallBackend> {
  const response = await backend.signIn(username, password)
  const { access_token: token } = (await response.json()) as { access_token: string }
  const client = new RestClient({ url: backend.url, fetch, onResponse: () => undefined })
  return (contract, input) => client.call(contract, input, { token })
}

/** Writes the records that the backend has read to Kafka, with the same offsets, times and bytes. */
export async function fillTopics(broker: StreamBroker): Promise<void> {
  const { 'metrics-eta': _, ...metrics } = metricRecords()
  const topics = Object.entries({
    ...metrics,
    'remo-rules': teamRecords('remo-rules'),
    'remo-alerts': teamRecords('remo-alerts'),
  })
  // Kafka would soon delete records of that time.
  const configEntries = [{ name: 'retention.ms', value: '-1' }]
  await broker.admin.createTopics({
    topics: topics.map(([topic]) => ({ topic, numPartitions: 1, configEntries })),
    waitForLeaders: true,
  })
  const producer = quietClient(broker.bootstrap).producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  for (const [topic, records] of topics) await producer.send({ topic, messages: messagesOf(records) })
  await producer.disconnect()
}

/** Tombstones fill the offsets of records that Kafka had deleted. */
function messagesOf(records: readonly FixtureRecord[]) {
  const [first] = records
  const dropped = Array.from({ length: first?.offset ?? 0 }, () => ({ key: null, value: null, timestamp: '0' }))
  const kept = records.map(({ key, value, timestamp }) => ({ key, value, timestamp: String(timestamp) }))
  return [...dropped, ...kept]
}

async function restoredDatabase(): Promise<string> {
  const url = new URL(inject('postgresUrl'))
  const name = `old_${randomBytes(6).toString('hex')}`
  url.pathname = '/postgres'
  await inDatabase(url.href, `create database ${name}`)
  url.pathname = `/${name}`
  await inDatabase(url.href, databaseDump())
  return url.href
}

async function inDatabase(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
