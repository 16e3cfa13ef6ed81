/** Replicas of two consecutive versions on one database, under load. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { numberOf, readMigrations } from '../../src-backend/db/migrations.ts'
import { quietClient, startStreamBroker, type StreamBroker } from '../contract/stream-broker.ts'
import { type BackendProcess, startBackendProcess } from '../support/backend-process.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'
import { type NextVersion, nextVersion, unknownKeys } from '../support/next-version.ts'
import { DataThread } from './engine-thread.ts'
import { byId, FleetLog } from './fleet-log.ts'

const fleet = { partitions: 6, nodes: 30 }
const rounds = 120
const stepMs = 10_000
const ours = String(numberOf(readMigrations().at(-1)?.name ?? '')).padStart(4, '0')

let kafka: StreamBroker
beforeAll(async () => {
  kafka = await startStreamBroker()
})
afterAll(() => kafka.end())

function valueOf(n: number, round: number, at: number): string {
  const phase = (round + n * 7) % 50
  const cpu = phase < 20 ? (phase < 10 ? 90 + n / 100 : 97) : 20 + phase
  const metrics = { cpu_usage: cpu, memory_usage: (n * 13 + round) % 100 }
  return JSON.stringify({ node_id: `n${n}`, node_name: `Node ${n}`, timestamp: new Date(at).toISOString(), metrics })
}

/** A fleet that sends a round of records every 100 ms; `at` maps rounds to actions. */
async function load(log: FleetLog, topic: string, at: Readonly<Record<number, () => Promise<void>>>): Promise<void> {
  const begin = Date.now() - rounds * stepMs
  for (let round = 0; round < rounds; round++) {
    for (let partition = 0; partition < fleet.partitions; partition++) {
      const values: string[] = []
      for (let n = partition; n < fleet.nodes; n += fleet.partitions) {
        values.push(valueOf(n, round, begin + round * stepMs))
      }
      if ((round + partition) % 29 === 0) values.splice(1, 0, `{"broken": ${round}`)
      await log.append(topic, partition, values)
    }
    await at[round]?.()
    await delay(100) // pace of the load
  }
}

/** Value alerts in this version's form: no-data alerts depend on when the test ends. */
async function stored(pool: Pool) {
  const lines = async (sql: string) => (await pool.query<{ line: string }>(sql)).rows.map(({ line }) => line).sort()
  const { rows } = await pool.query<{ alert: NodeAlert }>(
    `select alert - 'nextVersion' as alert from alert where alert ->> 'kind' = 'value' limit 10000`,
  )
  return {
    samples: await lines(
      `select node_id || ' ' || (extract(epoch from at) * 1000)::bigint || ' ' || to_json(values) as line
       from sample join node on node.id = sample.node limit 1000000`,
    ),
    rejects: await lines(
      `select topic || '/' || partition || '@' || "offset" || ' ' || code as line from rejected limit 10000`,
    ),
    alerts: rows.map(({ alert }) => alert).sort(byId),
    events: await lines(
      `select alert_id || ' ' || (event ->> 'kind') || ' ' || (event ->> 'at') as line from alert_event
       where event ->> 'kind' <> 'pending' and alert_id in (select id from alert where alert ->> 'kind' = 'value')
       limit 100000`,
    ),
    gaps: await lines(`select topic as line from stream_gap limit 10`),
  }
}

async function expectAllOf(log: FleetLog, pool: Pool): Promise<void> {
  const evaluated = log.evaluated()
  expect(evaluated.alerts.length).toBeGreaterThan(30)
  const expected = { samples: log.samples(), rejects: log.rejects(), ...evaluated, gaps: [] }
  await vi.waitFor(
    async () => {
      const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from sample')
      expect(rows[0]?.n).toBe(expected.samples.length)
    },
    { timeout: 60_000, interval: 500 },
  )
  await vi.waitFor(async () => expect(await stored(pool)).toEqual(expected), { timeout: 20_000, interval: 500 })
}

/** A new console of this version reads the same log, with rules and alerts of the next version. */
async function expectConsoleAgrees(log: FleetLog, topic: string): Promise<void> {
  const dataDir = join(kafka.dir, 'console')
  mkdirSync(dataDir)
  const { bootstrap } = kafka
  const thread = new DataThread({ dataDir, bootstrap, topicPattern: `^${topic}$|^remo-`, hasBackend: true })
  try {
    const open = log.evaluated().alerts.filter(({ phase }) => phase === 'firing')
    const ofValues = async () => {
      const listed = await thread.supervisor.call('alerts.list', { open: true })
      return listed.filter(({ kind }) => kind === 'value').map(({ id, severity }) => [id, severity])
    }
    const expected = open.map(({ id, severity }) => [id, severity]).sort()
    // official alerts come first: the metrics are read to their end when all broken records were rejected
    await expect
      .poll(() => thread.supervisor.call('health.report', {}), { timeout: 40_000, interval: 100 })
      .toMatchObject({ rejected: log.rejects().length, notices: [] })
    await expect.poll(async () => (await ofValues()).sort(), { timeout: 40_000, interval: 100 }).toEqual(expected)
    expect((await thread.supervisor.call('rules.list', {})).map(({ version }) => version)).toEqual([1, 1, 1])
  } finally {
    await thread.stop()
  }
}

interface Deploy {
  readonly database: TestDatabase
  readonly log: FleetLog
  readonly topic: string
  readonly next: NextVersion
  start(program?: string): Promise<BackendProcess>
}

async function deploying(
  { topic, team, sql }: { topic: string; team: string; sql: string },
  run: (deploy: Deploy) => Promise<void>,
): Promise<void> {
  const database = await testDatabase()
  const next = nextVersion({ name: '9999_next_version.sql', sql })
  const log = new FleetLog(quietClient(kafka.bootstrap))
  const replicas: BackendProcess[] = []
  await kafka.createTopic(topic, fleet.partitions)
  await log.open()
  const start = async (program?: string) => {
    const env = { KAFKA_TOPIC_PATTERN: `^${topic}$`, REMO_TEAM: team }
    const options = { databaseUrl: database.url, bootstrap: kafka.bootstrap, env }
    const replica = await startBackendProcess(program === undefined ? options : { ...options, program })
    replicas.push(replica)
    await replica.untilReady()
    return replica
  }
  try {
    await run({ database, log, topic, next, start })
  } finally {
    await Promise.all(replicas.map((replica) => replica.kill()))
    await log.close()
    await database.end()
    next.remove()
  }
}

test(
  'the next version replaces replicas one by one: nothing is lost, duplicated or evaluated differently',
  { timeout: 240_000 },
  async () => {
    const sql = `-- replicas-since: ${ours}\nalter table node add column next_version jsonb;\n${unknownKeys}`
    await deploying({ topic: 'metrics-rolling', team: '', sql }, async ({ database, log, topic, next, start }) => {
      const [first, second] = [await start(), await start()]
      await load(log, topic, {
        30: async () => void (await next.migrate(database.url)),
        50: async () => void (await start(next.main)),
        70: async () => void (await first.stop()),
        90: async () => {
          await start(next.main)
          await second.kill()
        },
      })
      await expectAllOf(log, database.pool)
      const { rows } = await database.pool.query(
        `select (select count(*)::int from alert where not alert ? 'nextVersion') as alerts,
           (select count(*)::int from node where not series -> 'cpu_usage' ? 'nextVersion') as nodes`,
      )
      expect(rows).toEqual([{ alerts: 0, nodes: 0 }])
      // a key that a migration added does not make the database look restored
      const restored = `select count(*)::int as n from audit where action = 'database.restored'`
      expect((await database.pool.query(restored)).rows).toEqual([{ n: 0 }])
      await expectConsoleAgrees(log, topic)
      expect([...first.log, ...second.log].filter((line) => line.includes('"level":"error"'))).toEqual([])
    })
  },
)

test(
  'replicas stop at an incompatible migration, and the next version resumes where they stopped',
  { timeout: 240_000 },
  async () => {
    const sql = `-- replicas-since: 9999\nalter table node rename column series to states;
      alter table node rename column states to series;`
    await deploying(
      { topic: 'metrics-handover', team: 'handover', sql },
      async ({ database, log, topic, next, start }) => {
        const old = [await start(), await start()]
        await load(log, topic, {
          40: async () => {
            const said = await next.migrate(database.url)
            expect(said).toContain('replicas of the previous version cannot work with this migration')
            for (const replica of old) {
              await expect.poll(async () => (await replica.fetch('/ready')).status).toBe(503)
              const stops = () => replica.log.filter((line) => line.includes('this replica stops its work'))
              await expect
                .poll(stops)
                .toEqual([expect.stringContaining('it has 9999_next_version.sql, which this version cannot work with')])
            }
          },
          60: async () => void (await start(next.main)),
        })
        await expectAllOf(log, database.pool)
        expect(await Promise.all(old.map((replica) => replica.stop()))).toEqual([143, 143])
      },
    )
  },
)
