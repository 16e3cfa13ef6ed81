import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { startPostgres } from '../../scripts/stack/servers/postgres-server.ts'
import { migrateSchema } from '../../src-backend/db/schema-migrations.ts'
import { createPool } from '../../src-backend/db/pool.ts'
import { quietClient, startStreamBroker, type StreamBroker } from '../contract/stream-broker.ts'
import { type BackendProcess, startBackendProcess } from '../support/backend-process.ts'
import { testDatabase } from '../support/test-database.ts'
import { nullLog } from '../support/null-log.ts'
import { byId, FleetLog } from './fleet-log.ts'

let kafka: StreamBroker
beforeAll(async () => {
  kafka = await startStreamBroker()
})
afterAll(() => kafka.end())

const fleet = { topic: 'metrics-fleet', partitions: 12, nodes: 60 }
const stepMs = 10_000

/** One round of a fleet: each node once, some with breaches for a while, and sometimes an unreadable record. */
async function appendRound(log: FleetLog, topic: string, { round, at }: { round: number; at: number }): Promise<void> {
  for (let partition = 0; partition < fleet.partitions; partition++) {
    const values: string[] = []
    for (let n = partition; n < fleet.nodes; n += fleet.partitions) values.push(valueOf(`n${n}`, { n, round, at }))
    if ((round + partition) % 29 === 0) values.splice(1, 0, `{"broken": ${round}`)
    await log.append(topic, partition, values)
  }
}

function valueOf(nodeId: string, { n, round, at }: { n: number; round: number; at: number }): string {
  const phase = (round + n * 7) % 50
  const cpu = phase < 20 ? (phase < 10 ? 90 + n / 100 : 97) : 20 + phase
  const metrics = { cpu_usage: cpu, memory_usage: (n * 13 + round) % 100 }
  return JSON.stringify({ node_id: nodeId, node_name: `Node ${n}`, timestamp: new Date(at).toISOString(), metrics })
}

async function storedSamples(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(
    `select node_id || ' ' || (extract(epoch from at) * 1000)::bigint || ' ' || to_json(values) as line
     from sample join node on node.id = sample.node limit 1000000`,
  )
  return rows.map(({ line }) => line).sort()
}

async function countSamples(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from sample')
  return rows[0]?.n ?? 0
}

async function storedRejects(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(
    `select topic || '/' || partition || '@' || "offset" || ' ' || code as line from rejected limit 10000`,
  )
  return rows.map(({ line }) => line).sort()
}

/** Value alerts only: no-data alerts depend on when the test ends. */
async function storedAlerts(pool: Pool): Promise<{ alerts: NodeAlert[]; events: string[] }> {
  const { rows } = await pool.query<{ alert: NodeAlert }>(
    `select alert from alert where alert ->> 'kind' = 'value' limit 10000`,
  )
  const { rows: events } = await pool.query<{ line: string }>(
    `select alert_id || ' ' || (event ->> 'kind') || ' ' || (event ->> 'at') as line from alert_event
     where event ->> 'kind' <> 'pending' and alert_id in (select id from alert where alert ->> 'kind' = 'value')
     limit 100000`,
  )
  return { alerts: rows.map(({ alert }) => alert).sort(byId), events: events.map(({ line }) => line).sort() }
}

test(
  'killing any of three replicas under load loses, duplicates or changes nothing',
  { timeout: 240_000 },
  async () => {
    const database = await testDatabase()
    const env = { KAFKA_TOPIC_PATTERN: '^metrics-' }
    const start = () => startBackendProcess({ databaseUrl: database.url, bootstrap: kafka.bootstrap, env })
    await kafka.createTopic(fleet.topic, fleet.partitions)
    for (let n = 0; n < 4; n++) await kafka.createTopic(`metrics-lone-${n}`)
    const log = new FleetLog(quietClient(kafka.bootstrap))
    await log.open()
    const replicas: BackendProcess[] = await Promise.all([start(), start(), start()])
    try {
      const rounds = 240
      const begin = Date.now() - rounds * stepMs
      const kills = new Map([60, 100, 140, 180].map((round, i) => [round, i % 3]))
      for (let round = 0; round < rounds; round++) {
        const at = begin + round * stepMs
        await appendRound(log, fleet.topic, { round, at })
        for (let n = 0; n < 4; n++) {
          if (round % (1 + n * 5) > 0) continue // some stop while the group changes
          await log.append(`metrics-lone-${n}`, 0, [valueOf(`lone-${n}`, { n: 70 + n, round, at })])
        }
        const victim = kills.get(round)
        if (victim !== undefined) {
          await replicas[victim]?.kill()
          replicas[victim] = await start()
        }
        await delay(100) // pace of the load
      }
      const expected = log.samples()
      await vi.waitFor(async () => expect(await countSamples(database.pool)).toBe(expected.length), {
        timeout: 60_000,
        interval: 500,
      })
      await expect.poll(() => storedRejects(database.pool)).toEqual(log.rejects())
      expect(await storedSamples(database.pool)).toEqual(expected)
      const evaluated = log.evaluated()
      expect(evaluated.alerts.length).toBeGreaterThan(100)
      expect(await storedAlerts(database.pool)).toEqual(evaluated)
      const gaps = await database.pool.query('select * from stream_gap limit 10')
      expect(gaps.rows).toEqual([])
    } finally {
      await log.close()
      await Promise.all(replicas.map((replica) => replica.kill()))
      await database.end()
    }
  },
)

test('after an outage of PostgreSQL the same process writes again within 30 s', { timeout: 120_000 }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'remo-cut-'))
  const postgres = await startPostgres({ dir, port: await freePort() })
  const pool = createPool({ url: postgres.url, size: 2, log: nullLog })
  await migrateSchema(pool)
  const topic = 'cut-fleet'
  await kafka.createTopic(topic, fleet.partitions)
  const log = new FleetLog(quietClient(kafka.bootstrap))
  await log.open()
  const env = { KAFKA_TOPIC_PATTERN: `^${topic}$`, REMO_TEAM: 'cut' } // this Kafka has topics of another database, too
  const replica = await startBackendProcess({ databaseUrl: postgres.url, bootstrap: kafka.bootstrap, env })
  try {
    const begin = Date.now() - 100 * stepMs
    const append = async (from: number, to: number) => {
      for (let round = from; round < to; round++) {
        await appendRound(log, topic, { round, at: begin + round * stepMs })
      }
    }
    await append(0, 20)
    await vi.waitFor(async () => expect(await countSamples(pool)).toBe(log.samples().length), 30_000)
    await postgres.kill()
    await append(20, 60)
    await delay(3_000) // length of the outage
    await postgres.start()
    await vi.waitFor(async () => expect(await countSamples(pool)).toBe(log.samples().length), 30_000)
    expect(await storedSamples(pool)).toEqual(log.samples())
    expect(await storedAlerts(pool)).toEqual(log.evaluated())
    const { status } = await replica.fetch('/health')
    expect(status).toBe(200)
  } finally {
    await log.close()
    await replica.kill()
    await pool.end()
    await postgres.stop()
    rmSync(dir, { recursive: true, force: true })
  }
})
