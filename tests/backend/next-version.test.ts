import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { seriesStateCodec } from '#shared/codec/series-state-codec.ts'
import { emptySeries } from '#shared/evaluation/evaluate.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import { aRawBatch } from '../../src-kafka/records/run-builders.ts'
import { readerLevel } from '#shared/codec/needs.ts'
import { NeedsNewerError } from '../../src-backend/http/needs-newer.ts'
import { DayPartitions } from '../../src-backend/ingest/write/day-partitions.ts'
import { Layouts } from '../../src-backend/ingest/write/layouts.ts'
import { readPositions } from '../../src-backend/ingest/positions-repo.ts'
import { RuleIndexCache } from '../../src-backend/ingest/rule-index-cache.ts'
import { ingestBatchOf } from '../../src-backend/ingest/write/ingest-batch.ts'
import { IngestWriter } from '../../src-backend/ingest/write/ingest-writer.ts'
import { ensurePartitions } from '../../src-backend/jobs/partitions.ts'
import { type FullBackend, fullBackend } from '../support/full-backend.ts'

// A replica of this version next to one of the next version. The next one writes keys, kinds and levels that this one
// does not know.

let backend: FullBackend
beforeAll(async () => {
  backend = await fullBackend()
})
afterAll(() => backend.end())
beforeEach(async () => {
  await backend.pool.query(
    'truncate rule, rule_version, mapping, alert, alert_event, outbox, audit, node, stream_position restart identity cascade',
  )
})

const now = Date.now() - 60_000
const topic = 'metrics-next'
const metric = 'cpu_usage'
const rule = aRule({ id: anId(1), forSeconds: 0 })
const since = { at: now - 5_000, position: { topic, partition: 0, offset: 7 } }
const alert = anAlert({ id: anId(2), ruleId: rule.id, nodeId: 'next', openedAt: since.at, since: since.at })
const state = {
  ...(seriesStateCodec.encode(emptySeries) as object),
  rule: { id: rule.id, version: 1 },
  episode: { phase: 'firing', since, alertId: alert.id, severity: 'critical' },
  last: since,
}

function aWriter(): IngestWriter {
  const { pool } = backend
  const days = new DayPartitions({ ensure: (starts) => ensurePartitions(pool, starts), rawDays: 14, now: Date.now })
  return new IngestWriter({
    pool,
    caches: { rules: new RuleIndexCache(), layouts: new Layouts(), days },
    counters: { transaction: () => undefined },
    committed: () => undefined,
  })
}

async function write(writer: IngestWriter, offset: number, value: number): Promise<void> {
  const message = { node_id: 'next', node_name: 'Next', timestamp: new Date(now).toISOString() }
  const record = {
    offset,
    timestamp: now,
    value: Buffer.from(JSON.stringify({ ...message, metrics: { [metric]: value } })),
  }
  const batch = ingestBatchOf(aRawBatch({ topic, records: [record] }), undefined, new SampleScanner())
  if (batch) await writer.write(batch)
}

async function storeRule(stored: Rule & Record<string, unknown>): Promise<void> {
  await backend.pool.query(
    `insert into rule (id, node_id, metric, version, deleted) values ($1, null, $2, $3, $4)
     on conflict (id) do update set version = excluded.version`,
    [stored.id, stored.metric, stored.version, stored.deleted],
  )
  const values = [stored.id, stored.version, stored]
  await backend.pool.query('insert into rule_version (rule_id, version, rule) values ($1, $2, $3)', values)
}

async function storeFiring(extra: object = {}): Promise<void> {
  const { pool } = backend
  const stored = { ...alert, runbook: { url: 'https://example.com' }, ...extra }
  await pool.query(
    `insert into alert (id, version, alert, node_id, rule_id, severity, phase, acknowledged, opened_at)
     values ($1, 3, $2, $3, $4, $5, $6, false, to_timestamp($7::float8 / 1000))`,
    [alert.id, stored, alert.nodeId, alert.ruleId, alert.severity, alert.phase, alert.openedAt],
  )
  const series = { [metric]: { ...state, flapping: { changes: 4 } } }
  await pool.query(
    `insert into node (node_id, node_name, last_seen, latest, series)
     values ('next', 'Next', to_timestamp($1::float8 / 1000), $2, $3)`,
    [
      since.at,
      { [metric]: { value: 97, at: since.at, part: 'a' }, idle: { value: 1, at: since.at, part: 'b' } },
      series,
    ],
  )
}

const firstOf = async <T>(sql: string): Promise<T> => (await backend.pool.query(sql)).rows[0] as T
const getJson = async (path: string): Promise<unknown> => (await backend.fetch(path, { as: 'admin' })).json()

test('rows with keys of the next version are evaluated, and keep them', async () => {
  await storeRule({ ...rule, window: { minutes: 5 } })
  await storeFiring()
  await write(aWriter(), 8, 20)
  const { alert: stored } = await firstOf<{ alert: NodeAlert }>('select alert from alert')
  expect(stored).toMatchObject({ phase: 'resolved', resolvedValue: 20, runbook: { url: 'https://example.com' } })
  const { payload } = await firstOf<{ payload: unknown }>('select payload from outbox')
  expect(payload).toEqual({ version: 4, alert: stored })
  const { series, latest } = await firstOf<{ series: unknown; latest: unknown }>('select series, latest from node')
  expect(series).toMatchObject({ [metric]: { episode: { phase: 'ok' }, flapping: { changes: 4 } } })
  expect(latest).toEqual({ [metric]: { value: 20, at: now }, idle: { value: 1, at: since.at, part: 'b' } })
})

test('the API answers with its own fields, and an edit keeps the keys of the next version', async () => {
  await storeRule({ ...rule, window: { minutes: 5 } })
  await storeFiring()
  await backend.pool.query(`insert into alert_event (alert_id, event, at) values ($1, $2, now())`, [
    alert.id,
    { alertId: alert.id, kind: 'muted', at: now },
  ])
  expect(await getJson(`/api/rules/${rule.id}`)).toEqual(rule)
  expect(await getJson('/api/rules')).toEqual([rule])
  expect(await getJson(`/api/alerts/${alert.id}`)).toMatchObject({ id: alert.id, phase: 'firing' })
  expect(await getJson(`/api/alerts/${alert.id}/events`)).toEqual([])
  const { id, version, deleted, effectiveFrom, updatedBy, updatedAt, ...draft } = rule
  const init = { method: 'PUT', body: JSON.stringify({ ...draft, warning: 80 }), as: 'admin' as const }
  const saved = await backend.fetch(`/api/rules/${id}`, { ...init, headers: { 'Content-Type': 'application/json' } })
  expect([saved.status, await saved.json()]).toMatchObject([200, { version: version + 1, warning: 80 }])
  const newest = await firstOf('select rule from rule_version order by version desc')
  expect(newest).toMatchObject({ rule: { version: 2, warning: 80, window: { minutes: 5 } } })
  expect([deleted, effectiveFrom, updatedBy, updatedAt]).toEqual([false, 0, 'anna', 0])
})

test('a rule that needs a newer version is not evaluated: nothing is stored, and the position stays', async () => {
  await storeRule(rule)
  await storeFiring()
  const writer = aWriter()
  await write(writer, 8, 96)
  await storeRule({ ...rule, version: 2, condition: 'between' as never, needs: readerLevel + 1, needsVersion: '0.3' })
  await expect(write(writer, 9, 20)).rejects.toThrow(NeedsNewerError)
  await expect(write(writer, 9, 20)).rejects.toThrow(
    `Rule ${rule.id}, version 2, needs ReMo 0.3 or newer. This replica is older: upgrade it.`,
  )
  expect(await readPositions(backend.pool)).toMatchObject([{ topic, next: 9 }])
  await storeRule({ ...rule, version: 3 })
  await backend.pool.query('delete from rule_version where version = 2')
  await write(writer, 9, 20)
  expect(await firstOf('select phase from alert')).toEqual({ phase: 'resolved' })
})

test.each([
  ['an alert', { severity: 'fatal' }],
  ['an alert that says so', { needs: readerLevel + 1 }],
])('%s that this version cannot read is not changed', async (_, extra) => {
  await storeRule(rule)
  await storeFiring(extra)
  await expect(write(aWriter(), 8, 20)).rejects.toThrow(NeedsNewerError)
  expect(await firstOf('select version, phase from alert')).toEqual({ version: 3, phase: 'firing' })
})

test('the replica is not ready and says why; readable rows are served; it resumes automatically', async () => {
  await storeRule({ ...rule, needs: readerLevel + 1, needsVersion: '0.3' })
  await storeFiring()
  const mapping = { topic: 'press-line', version: 2, mapping: { script: 'x' }, needs: readerLevel + 1 }
  await backend.pool.query(`insert into mapping (topic, version, record) values ('press-line', 2, $1)`, [mapping])
  const { ingest } = backend.parts
  ingest.start('remo-backend-test')
  try {
    const unready = { status: 503, detail: expect.stringContaining('needs ReMo 0.3 or newer') as string }
    await vi.waitFor(async () => expect(await getJson('/ready')).toMatchObject(unready), { timeout: 30_000 })
    expect(await getJson('/api/rules')).toMatchObject(unready)
    expect(await getJson('/api/alerts')).toMatchObject([{ id: alert.id }])
    expect(await getJson('/health')).toMatchObject({ status: 'healthy', postgres: 'up' })
    await backend.pool.query(`update rule_version set rule = rule - 'needs' - 'needsVersion'`)
    // its records would be passed over, as if nobody had mapped them
    const unread = { status: 503, detail: expect.stringContaining('The mapping of press-line needs') as string }
    await vi.waitFor(async () => expect(await getJson('/ready')).toMatchObject(unread), { timeout: 30_000 })
    expect(await getJson('/api/mappings')).toMatchObject(unread)
    await backend.pool.query('delete from mapping')
    await vi.waitFor(async () => expect(await getJson('/ready')).toMatchObject({ status: 'ready' }), {
      timeout: 30_000,
    })
  } finally {
    await ingest.stop()
  }
})
