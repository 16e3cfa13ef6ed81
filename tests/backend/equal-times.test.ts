/** Records of one node with one event time: the console and the backend keep the same values of them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { metricOfColumn } from '#shared/metric/csv-column.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import { exportRoutes } from '../../src-backend/export/routes.ts'
import { RuleIndexCache } from '../../src-backend/ingest/rule-index-cache.ts'
import { DayPartitions } from '../../src-backend/ingest/write/day-partitions.ts'
import { ingestBatchOf } from '../../src-backend/ingest/write/ingest-batch.ts'
import { IngestWriter } from '../../src-backend/ingest/write/ingest-writer.ts'
import { Layouts } from '../../src-backend/ingest/write/layouts.ts'
import { ensurePartitions } from '../../src-backend/jobs/partitions.ts'
import { createJobs } from '../../src-backend/jobs/jobs.ts'
import { prepareRules } from '../../src-backend/rules/service.ts'
import { TestEngine } from '../../src-main/data/test-engine.ts'
import { exportNodeCsv } from '../../src-main/read/node-csv-export.ts'
import { ReadStore } from '../../src-main/store/read-store.ts'
import { aRun } from '../../src-kafka/records/run-builders.ts'
import type { RawBatch } from '../../src-kafka/stream.ts'
import { testApp, type TestApp } from '../support/backend-app.ts'
import { nullLog } from '../support/null-log.ts'

let app: TestApp
beforeAll(async () => {
  app = await testApp(() => exportRoutes())
  await prepareRules(app.pool)
}, 60_000)
afterAll(() => app.end())

const now = Math.floor(Date.now() / 60_000) * 60_000
const startAt = now - 20 * 60_000

/** Metrics in the order of a message. Other orders and parts of them are other layouts. */
const layouts = [
  ['cpu_usage', 'memory_usage'],
  ['memory_usage', 'cpu_usage'],
  ['cpu_usage'],
  ['memory_usage'],
  ['disk.io'],
  ['disk io', 'disk.io', 'cpu_usage'],
  ['cpu_usage', 'memory_usage', 'disk io'],
] as const
type Metrics = Readonly<Record<string, number>>
interface Sent {
  readonly second: number
  readonly metrics: Metrics
}
const sent: fc.Arbitrary<Sent> = fc
  .record({
    second: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -3, max: 4 })),
    layout: fc.constantFrom(...layouts),
    value: fc.integer({ min: -9, max: 99 }),
  })
  .map(({ second, layout, value }) => ({
    second,
    metrics: Object.fromEntries(layout.map((metric, i) => [metric, value + i / 4])),
  }))
/** Each list is one fetch. `restart`: console and backend start again after it. */
const log = fc.array(fc.record({ records: fc.array(sent, { minLength: 1, maxLength: 30 }), restart: fc.boolean() }), {
  minLength: 1,
  maxLength: 8,
})

function rawBatches(nodeId: string, fetches: ReadonlyArray<{ readonly records: readonly Sent[] }>): RawBatch[] {
  let offset = 0
  let second = 0
  return fetches.map(({ records }) => {
    const raw = records.map(({ second: step, metrics }) => {
      second += step
      const at = startAt + second * 1000
      const message = { node_id: nodeId, node_name: nodeId, timestamp: new Date(at).toISOString(), metrics }
      return { offset: offset++, timestamp: now, value: Buffer.from(JSON.stringify(message)) }
    })
    return { topic: `metrics-${nodeId}`, partition: 0, runs: [aRun(raw)], next: offset, end: offset }
  })
}

function aWriter(pool: Pool): (raw: RawBatch) => Promise<void> {
  const days = new DayPartitions({ ensure: (all) => ensurePartitions(pool, all), rawDays: 14, now: Date.now })
  const writer = new IngestWriter({
    pool,
    caches: { rules: new RuleIndexCache(), layouts: new Layouts(), days },
    counters: { transaction: () => undefined },
    committed: () => undefined,
  })
  return async (raw) => {
    const batch = ingestBatchOf(raw, undefined, new SampleScanner())
    if (batch) await writer.write(batch)
  }
}

/** Lines of the backend's file as `time metric value`. */
async function backendValues(nodeId: string): Promise<string[]> {
  const { body } = await app.call<string>(`get /api/export/csv?node_id=${nodeId}&hours=1`, { as: 'viewer' })
  const rows: string[][] = parse(body, { from: 2 })
  return rows.map(([time, , metric, value]) => `${time} ${metric} ${value}`)
}

/** Cells of the console's file as `time metric value`. */
async function consoleValues(nodeId: string, { dir, store }: TestEngine): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'remo-equal-'))
  const reader = ReadStore.open(dir)
  const path = join(folder, 'out.csv')
  await exportNodeCsv(reader, store.samples.heads(nodeId), { nodeId, from: now - 3_600_000, to: now, path })
  reader.close()
  const rows: Array<Record<string, string>> = parse(readFileSync(path, 'utf8'), { columns: true })
  rmSync(folder, { recursive: true })
  return rows.flatMap((row) =>
    Object.entries(row).flatMap(([column, value]) => {
      const metric = metricOfColumn(column)
      return metric === undefined || value === '' ? [] : [`${row['timestamp']} ${metric} ${value}`]
    }),
  )
}

/** The newest value of each metric at each time. */
function expectedValues(fetches: ReadonlyArray<{ readonly records: readonly Sent[] }>): string[] {
  const values = new Map<string, number>()
  let second = 0
  for (const { second: step, metrics } of fetches.flatMap(({ records }) => records)) {
    second += step
    const time = new Date(startAt + second * 1000).toISOString()
    for (const [metric, value] of Object.entries(metrics)) values.set(`${time} ${metric}`, value)
  }
  return Array.from(values, ([key, value]) => `${key} ${value}`).sort()
}

test('both files have the newest value of each metric at each time, whatever other metrics its record had', async () => {
  let nodes = 0
  await fc.assert(
    fc.asyncProperty(log, async (fetches) => {
      const nodeId = `equal-${nodes++}`
      const engine = new TestEngine({ now })
      try {
        let write = aWriter(app.pool)
        for (const [i, raw] of rawBatches(nodeId, fetches).entries()) {
          await write(raw)
          void engine.engine.handlers.batches([raw])
          if (!fetches[i]?.restart) continue
          write = aWriter(app.pool)
          engine.restart()
        }
        const expected = expectedValues(fetches)
        expect((await consoleValues(nodeId, engine)).sort()).toEqual(expected)
        expect((await backendValues(nodeId)).sort()).toEqual(expected)
      } finally {
        engine.remove()
      }
    }),
    { numRuns: 40 },
  )
}, 120_000)

test('the rollup of a minute counts each value once', async () => {
  const { pool } = app
  const write = aWriter(pool)
  const fetches = [
    { records: [{ second: 0, metrics: { cpu_usage: 90, memory_usage: 10 } }] },
    { records: [{ second: 0, metrics: { cpu_usage: 50 } }] },
    { records: [{ second: 1, metrics: { cpu_usage: 30 } }] },
  ]
  for (const raw of rawBatches('rolled', fetches)) await write(raw)
  const retention = { rawDays: 14, rollupDays: 365, alertDays: 90, auditDays: 365 }
  await createJobs({ pool, config: { retention }, log: nullLog, now: Date.now }).runNow('rollup')
  const { rows } = await pool.query(
    `select metric, n, avg, min, max from rollup_value join node on node.id = node where node_id = 'rolled' order by 1`,
  )
  expect(rows).toEqual([
    { metric: 'cpu_usage', n: 2, avg: 40, min: 30, max: 50 },
    { metric: 'memory_usage', n: 1, avg: 10, min: 10, max: 10 },
  ])
})
