/** A node is forgotten while two replicas ingest. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { forgottenNodeCodec } from '#shared/codec/domain-codecs.ts'
import { decodeAlertRecord } from '#shared/codec/record-codecs.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import type { AlertItem } from '#shared/rest/alerts.ts'
import { alertRoutes } from '../../src-backend/alerts/routes.ts'
import { auditRoutes } from '../../src-backend/audit/routes.ts'
import { DayPartitions } from '../../src-backend/ingest/write/day-partitions.ts'
import { ingestBatchOf } from '../../src-backend/ingest/write/ingest-batch.ts'
import { IngestWriter } from '../../src-backend/ingest/write/ingest-writer.ts'
import { Layouts } from '../../src-backend/ingest/write/layouts.ts'
import { RuleIndexCache } from '../../src-backend/ingest/rule-index-cache.ts'
import { ensurePartitions } from '../../src-backend/jobs/partitions.ts'
import { metricRoutes } from '../../src-backend/metrics/routes.ts'
import { nodeRoutes } from '../../src-backend/nodes/routes.ts'
import { enqueueAll } from '../../src-backend/outbox/enqueue.ts'
import { prepareRules } from '../../src-backend/rules/service.ts'
import { aRawBatch } from '../../src-kafka/records/run-builders.ts'
import type { RawRecord } from '../../src-kafka/stream.ts'
import { problemIn, testApp, type TestApp } from '../support/backend-app.ts'
import { storedValuesOf, TestReplica } from '../support/test-replica.ts'

let app: TestApp
beforeAll(async () => {
  app = await testApp(() => [...nodeRoutes(), ...metricRoutes(), ...alertRoutes(), ...auditRoutes()])
  await prepareRules(app.pool)
})
afterAll(() => app.end())
beforeEach(async () => {
  await app.pool.query(
    'truncate node, alert, alert_event, outbox, audit, idempotency, forgotten_node, stream_position, sample, node_part, counter cascade',
  )
})

const now = Math.floor(Date.now() / 60_000) * 60_000

/** Writers of one replica, each record in its own transaction. */
function aReplica() {
  const writer = new IngestWriter({
    pool: app.pool,
    caches: {
      rules: new RuleIndexCache(),
      layouts: new Layouts(),
      days: new DayPartitions({ ensure: (days) => ensurePartitions(app.pool, days), rawDays: 14, now: Date.now }),
    },
    counters: { transaction: () => undefined },
    committed: () => undefined,
  })
  return async (nodeId: string, offset: number, at: number, metrics: Record<string, number>) => {
    const message = { node_id: nodeId, node_name: 'Server', timestamp: new Date(at).toISOString(), metrics }
    const records = [{ offset, timestamp: at, value: Buffer.from(JSON.stringify(message)) }]
    const raw = aRawBatch({ topic: `metrics-${nodeId}`, partition: 0, records })
    const batch = ingestBatchOf(raw, undefined, new SampleScanner())
    if (batch) await writer.write(batch)
  }
}

/** Ten records in which the CPU is too high for long enough. */
async function breach(write: ReturnType<typeof aReplica>, nodeId: string, from: { offset: number; at: number }) {
  for (let n = 0; n < 14; n++) await write(nodeId, from.offset + n, from.at + n * 10_000, { cpu_usage: 99 })
}

const get = async <T>(path: string) => (await app.call<T>(`get ${path}`, { as: 'viewer' })).body
const forget = (nodeId: string, headers = {}) => app.call(`delete /api/nodes/${nodeId}`, { as: 'admin', headers })
const nodes = async () => (await get<Array<{ node_id: string }>>('/api/nodes')).map(({ node_id }) => node_id)
const firing = async () => (await get<AlertItem[]>('/api/alerts?phase=firing')).map(({ id }) => id)

async function published() {
  const { rows } = await app.pool.query<{ key: string; payload: unknown }>(
    `select key, payload from outbox where topic = 'remo-alerts' order by id`,
  )
  return rows
}

test('a forgotten node leaves lists, counts and open alerts, its history stays, and everything is published', async () => {
  const write = aReplica()
  await breach(write, 'node-1', { offset: 0, at: now - 300_000 })
  await write('node-2', 0, now, { cpu_usage: 5 })
  const [alertId] = await firing()
  await app.pool.query('delete from outbox')
  expect((await forget('node-1')).status).toBe(204)
  expect(await nodes()).toEqual(['node-2'])
  expect(problemIn(await app.call('get /api/nodes/node-1', { as: 'viewer' }))).toEqual([404, 'node_not_found'])
  expect(Object.keys(await get<object>('/api/metrics/latest'))).toEqual(['node-2'])
  expect(await get('/api/metrics/latest?node_id=node-1')).toEqual({})
  expect(await get('/api/dashboard/stats')).toMatchObject({ total_nodes: 1, unacknowledged_alerts: 0 })
  expect(await firing()).toEqual([])
  const history = await get<{ cpu_usage: unknown[] }>('/api/metrics/history?node_id=node-1&hours=1')
  expect(history.cpu_usage).toHaveLength(14)
  expect(await get(`/api/alerts/${alertId}`)).toMatchObject({ phase: 'resolved', resolve_reason: 'node-forgotten' })
  expect(await get(`/api/alerts/${alertId}/events`)).toMatchObject([{}, {}, { kind: 'resolved', by: 'admin' }])

  const records = await published()
  expect(records.map(({ key }) => key)).toEqual(['node:node-1', alertId])
  const [node, alert] = records.map(({ payload }) => payload)
  expect(node).toMatchObject({ needs: 2, nodeId: 'node-1', by: 'admin', lastSeen: now - 170_000 })
  expect(forgottenNodeCodec.decode(node)).toMatchObject({
    value: { readTo: [{ topic: 'metrics-node-1', partition: 0, next: 14 }] },
  })
  expect(decodeAlertRecord(alert, 1)).toMatchObject({ unread: { kind: 'needs-newer' } })
  expect(decodeAlertRecord(alert)).toMatchObject({ value: { alert: { resolveReason: 'node-forgotten' } } })
  const audit = await app.call('get /api/audit', { as: 'admin' })
  expect(audit.body).toMatchObject([{ action: 'node.forgotten', subject: 'node-1', before: { alerts: [alertId] } }])
})

test('it is back with its next record, as a new node, whichever replica reads it', async () => {
  const [a, b] = [aReplica(), aReplica()]
  await breach(a, 'node-1', { offset: 0, at: now - 600_000 })
  await b('node-1', 14, now - 400_000, { cpu_usage: 99 })
  await a('node-1', 15, now - 390_000, { cpu_usage: 99, disk: 7 })
  const [first] = await firing()
  await forget('node-1')
  await b('node-1', 16, now - 300_000, { cpu_usage: 99 })
  expect(await nodes()).toEqual(['node-1'])
  expect(await get('/api/metrics/latest')).toMatchObject({ 'node-1': { cpu_usage: { value: 99 } } })
  expect(Object.keys((await get<Record<string, object>>('/api/metrics/latest'))['node-1'] ?? {})).toEqual(['cpu_usage'])
  expect(await firing()).toEqual([])
  await breach(a, 'node-1', { offset: 17, at: now - 290_000 })
  const [second] = await firing()
  expect([second === undefined, second === first]).toEqual([false, false])
})

test('forgetting it twice is not found, unless the request is repeated', async () => {
  await aReplica()('node-1', 0, now, { cpu_usage: 5 })
  const key = { 'Idempotency-Key': crypto.randomUUID() }
  expect((await forget('node-1', key)).status).toBe(204)
  expect((await forget('node-1', key)).status).toBe(204)
  expect(problemIn(await forget('node-1'))).toEqual([404, 'node_not_found'])
  expect(problemIn(await forget('nobody'))).toEqual([404, 'node_not_found'])
})

test('topics that were lost get the forgotten nodes again', async () => {
  await aReplica()('node-1', 0, now, { cpu_usage: 5 })
  await forget('node-1')
  const before = await published()
  await enqueueAll(app.pool, 'remo-alerts')
  expect(await published()).toEqual(before)
})

/** A host that Telegraf reports: a part for each disk and device. */
const telegraf = (offset: number, second: number, name: string, [tag, fields]: [object, object]): RawRecord => {
  const at = now - 600_000 + second * 1000
  const value = { name, tags: { host: 'web-1', ...tag }, fields, timestamp: at / 1000 }
  return { offset, timestamp: at, value: Buffer.from(JSON.stringify(value)) }
}
const disk = (offset: number, second: number, path: string) =>
  telegraf(offset, second, 'disk', [
    { path, device: 'sda1' },
    { used_percent: 99, free: 1 },
  ])
const net = (offset: number, second: number, bytes: number) =>
  telegraf(offset, second, 'net', [{ interface: 'eth0' }, { bytes_recv: bytes }])

const metricsOf = async (nodeId: string) =>
  Object.keys((await get<Record<string, object>>('/api/metrics/latest'))[nodeId] ?? {}).toSorted()
const countOf = async (table: 'node_part') => {
  const { rows } = await app.pool.query<{ n: number }>(`select count(*)::int as n from ${table}`)
  return rows[0]?.n
}

test('of a forgotten node with parts nothing comes again but what it sends', async () => {
  const [a, b] = [new TestReplica(app.pool), new TestReplica(app.pool)]
  await a.refresh()
  await a.read('telegraf', 0, [disk(0, 0, '/'), disk(1, 0, '/var'), net(2, 0, 1_000), net(3, 10, 2_000)])
  expect(await metricsOf('web-1')).toContain('net.bytes_recv{interface=eth0}')
  expect((await forget('web-1')).status).toBe(204)
  expect(await nodes()).toEqual([])
  expect(await metricsOf('web-1')).toEqual([])

  // The other replica takes the partition over, and the first one gets it back.
  await b.refresh()
  await b.read('telegraf', 0, [disk(4, 20, '/')])
  expect(await nodes()).toEqual(['web-1'])
  const ofDisk = ['disk.free{path=/}', 'disk.used_percent{path=/}']
  expect(await metricsOf('web-1')).toEqual(ofDisk)
  await a.refresh()
  await a.read('telegraf', 0, [net(5, 20, 9_000), net(6, 30, 9_500)])
  expect(await metricsOf('web-1')).toEqual([...ofDisk, 'net.bytes_recv{interface=eth0}'])
  // Rates follow from the records alone, whenever a replica forgets the node.
  const rates = (await storedValuesOf(app.pool, 'web-1')).filter(({ metric }) => metric.startsWith('net.bytes_recv'))
  expect(rates.map(({ at, value }) => [(at - now + 600_000) / 1000, value])).toEqual([
    [10, 100],
    [20, 700],
    [30, 50],
  ])
})

test('a replica that goes on reading has the same rates of a forgotten node', async () => {
  const replica = new TestReplica(app.pool)
  await replica.refresh()
  await replica.read('telegraf', 0, [net(0, 0, 1_000), net(1, 10, 2_000)])
  await forget('web-1')
  await replica.read('telegraf', 0, [net(2, 20, 9_000)])
  await replica.read('telegraf', 0, [net(3, 30, 9_500)])
  const rates = (await storedValuesOf(app.pool, 'web-1')).filter(({ metric }) => metric.startsWith('net.bytes_recv'))
  expect(rates.map(({ at, value }) => [(at - now + 600_000) / 1000, value])).toEqual([
    [10, 100],
    [20, 700],
    [30, 50],
  ])
  expect(await countOf('node_part')).toBeGreaterThan(0)
})
