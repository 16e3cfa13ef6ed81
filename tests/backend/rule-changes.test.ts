import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { NodeAlert, AlertEvent } from '#shared/alert/alert.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { aRawBatch } from '../../src-kafka/records/run-builders.ts'
import { DayPartitions } from '../../src-backend/ingest/write/day-partitions.ts'
import { Layouts } from '../../src-backend/ingest/write/layouts.ts'
import { RuleIndexCache } from '../../src-backend/ingest/rule-index-cache.ts'
import { ingestBatchOf } from '../../src-backend/ingest/write/ingest-batch.ts'
import { IngestWriter } from '../../src-backend/ingest/write/ingest-writer.ts'
import { ensurePartitions } from '../../src-backend/jobs/partitions.ts'
import { type FullBackend, fullBackend } from '../support/full-backend.ts'

// What a user of the API and a console that reads the team topics see when a rule with an open alert changes.

let backend: FullBackend
beforeAll(async () => {
  backend = await fullBackend()
})
afterAll(() => backend.end())
beforeEach(async () => {
  await backend.pool.query(
    'truncate rule, rule_version, alert, alert_event, outbox, audit, node, stream_position restart identity cascade',
  )
  offset = 0
})

const topic = 'metrics-changed'
let offset = 0

/** Another replica each time: every state is read from the database. */
async function read(at: number, value: number): Promise<void> {
  const { pool } = backend
  const days = new DayPartitions({ ensure: (starts) => ensurePartitions(pool, starts), rawDays: 14, now: Date.now })
  const writer = new IngestWriter({
    pool,
    caches: { rules: new RuleIndexCache(), layouts: new Layouts(), days },
    counters: { transaction: () => undefined },
    committed: () => undefined,
  })
  const message = { node_id: 'node-1', node_name: 'One', timestamp: new Date(at).toISOString() }
  const text = JSON.stringify({ ...message, metrics: { cpu_usage: value } })
  const record = { offset: offset++, timestamp: at, value: Buffer.from(text) }
  const batch = ingestBatchOf(aRawBatch({ topic, records: [record] }), undefined, new SampleScanner())
  if (batch) await writer.write(batch)
}

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const headers = body === undefined ? {} : { headers: { 'Content-Type': 'application/json' } }
  const init = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await backend.fetch(path, { method, as: 'admin', ...headers, ...init })
  expect(response.status).toBeLessThan(300)
  return (response.status === 204 ? undefined : await response.json()) as T
}

const draft = {
  scope: { kind: 'all' },
  metric: 'cpu_usage',
  condition: 'greater',
  warning: 85,
  critical: 95,
  clear: 75,
  forSeconds: 0,
  enabled: true,
}
const own = { ...draft, scope: { kind: 'node', nodeId: 'node-1' } }

const alertNow = async (): Promise<NodeAlert> => {
  const { rows } = await backend.pool.query<{ alert: NodeAlert }>('select alert from alert')
  const [alert] = rows.map((row) => row.alert)
  if (alert === undefined) throw new Error('no alert')
  return alert
}
const published = async (): Promise<Array<{ version: number; alert: NodeAlert }>> => {
  const { rows } = await backend.pool.query<{ payload: { version: number; alert: NodeAlert } }>(
    `select payload from outbox where topic = 'remo-alerts' order by id`,
  )
  return rows.map(({ payload }) => payload)
}

async function acknowledged(value: number): Promise<{ rule: Rule; alert: NodeAlert }> {
  const rule = await call<Rule>('POST', '/api/rules', draft)
  await read(rule.effectiveFrom, value)
  const { id } = await alertNow()
  await call('POST', `/api/alerts/${id}/acknowledge`, { comment: 'on it' })
  return { rule, alert: await alertNow() }
}

test('an acknowledged alert outlives an edit, a rule of its node, and the end of that rule', async () => {
  const { rule, alert } = await acknowledged(90)
  const edited = await call<Rule>('PUT', `/api/rules/${rule.id}`, { ...draft, warning: 80 })
  await read(edited.effectiveFrom, 91)
  const { id, acknowledgement } = alert
  expect(await alertNow()).toMatchObject({
    id,
    phase: 'firing',
    ruleVersion: 2,
    threshold: 80,
    value: 91,
    acknowledgement,
  })

  const override = await call<Rule>('POST', '/api/rules', own)
  await read(override.effectiveFrom, 92)
  expect(await alertNow()).toMatchObject({ id, ruleId: override.id, threshold: 85, acknowledgement })
  const { rows } = await backend.pool.query('select rule_id from alert')
  expect(rows).toEqual([{ rule_id: override.id }])

  await call('DELETE', `/api/rules/${override.id}`)
  await read(override.effectiveFrom + 60_000, 93)
  expect(await alertNow()).toMatchObject({ id, ruleId: rule.id, ruleVersion: 2, acknowledgement })

  const events = await call<AlertEvent[]>('GET', `/api/alerts/${id}/events`)
  expect(events.map(({ kind }) => kind)).toEqual([
    'opened',
    'acknowledged',
    'rule-changed',
    'rule-changed',
    'rule-changed',
  ])
  expect(events[2]).toMatchObject({ by: 'admin', value: 91, edits: [{ field: 'warning', from: 85, to: 80 }] })
  expect(events[4]).toMatchObject({
    by: 'admin',
    edits: expect.arrayContaining([{ field: 'scope', from: 'node-1', to: null }]) as unknown,
  })
  const versions = (await published()).map(({ version, alert: { ruleId, ruleVersion } }) => [
    version,
    ruleId,
    ruleVersion,
  ])
  expect(versions).toEqual([
    [1, rule.id, 1],
    [2, rule.id, 1],
    [3, rule.id, 2],
    [4, override.id, 1],
    [5, rule.id, 2],
  ])
})

test('levels that make it worse end the acknowledgement; levels that ease it do not', async () => {
  const { rule, alert } = await acknowledged(90)
  const worse = await call<Rule>('PUT', `/api/rules/${rule.id}`, { ...draft, critical: 88 })
  await read(worse.effectiveFrom, 90)
  const critical = await alertNow()
  expect(critical).toMatchObject({ id: alert.id, severity: 'critical', threshold: 88 })
  expect(critical.acknowledgement).toBeUndefined()
  await call('POST', `/api/alerts/${alert.id}/acknowledge`, { comment: 'still on it' })
  const eased = await call<Rule>('PUT', `/api/rules/${rule.id}`, draft)
  await read(eased.effectiveFrom + 60_000, 90)
  expect(await alertNow()).toMatchObject({
    severity: 'warning',
    threshold: 85,
    acknowledgement: { comment: 'still on it' },
  })
})

test('it ends at the first record that does not breach the new levels, by whom', async () => {
  const { rule, alert } = await acknowledged(90)
  const edited = await call<Rule>('PUT', `/api/rules/${rule.id}`, { ...draft, warning: 94 })
  await read(edited.effectiveFrom, 90)
  expect(await alertNow()).toMatchObject({ id: alert.id, phase: 'resolved', resolveReason: 'rule-changed' })
  const events = await call<AlertEvent[]>('GET', `/api/alerts/${alert.id}/events`)
  expect(events.at(-1)).toMatchObject({ kind: 'resolved', at: edited.effectiveFrom, by: 'admin' })
})
