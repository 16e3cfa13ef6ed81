/** The current backend on the database and Kafka of version 0.1.0, with queued actions of a console. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alertTimelineOperation, getAlertOperation, listAlertsOperation } from '#shared/rest/alerts.ts'
import { metricRangeOperation } from '#shared/rest/metrics.ts'
import { getRuleOperation, listRulesOperation } from '#shared/rest/rules.ts'
import { listUsersOperation } from '#shared/rest/users.ts'
import { isMetricRule } from '#shared/rule/rule.ts'
import { trySend } from '../../src-main/main/backend/actions/send-action.ts'
import type { CallBackend } from '../../src-main/main/backend/rest/rest-client.ts'
import { TestEngine } from '../../src-main/data/test-engine.ts'
import { newestRecords } from '../containers/newest-records.ts'
import { quietClient, startStreamBroker, type StreamBroker } from '../contract/stream-broker.ts'
import { alerts, at, copyOfCache, rules } from './fixture.ts'
import { backendOnDump, clientOf, fillTopics, type OldBackend } from './old-backend.ts'

const within = { timeout: 40_000, interval: 100 }
let broker: StreamBroker
let backend: OldBackend
let admin: CallBackend
let olga: CallBackend

beforeAll(async () => {
  broker = await startStreamBroker()
  await fillTopics(broker)
  backend = await backendOnDump(broker)
  admin = await clientOf(backend, 'admin', 'admin123')
  olga = await clientOf(backend, 'olga', 'on call all night')
})
afterAll(async () => {
  await backend?.end()
  await broker?.end()
})

/** A record after the node's records in the fixture. */
async function send(node: string, time: string, value: number): Promise<void> {
  const message = {
    node_id: node,
    node_name: `Server-${node}`,
    timestamp: new Date(at(time)).toISOString(),
    metrics: { cpu_usage: value },
  }
  await broker.write(`metrics-${node}`, [JSON.stringify(message)])
}

const alert = async (id: string) => {
  const found = await olga(getAlertOperation, { params: { id } })
  return found.ok ? found.body : undefined
}
const count = async (table: string): Promise<number> => {
  const { rows } = await backend.pool.query<{ n: number }>(`select count(*)::int as n from ${table}`)
  return rows[0]?.n ?? 0
}

test('only migrations newer than 0.1.0 run', async () => {
  expect(backend.migrations.filter((name) => name <= '0004_throttling.sql')).toEqual([])
  const { rows } = await backend.pool.query<{ name: string }>('select name from migration order by name limit 4')
  expect(rows.map(({ name }) => name)).toEqual([
    '0001_people.sql',
    '0002_metrics.sql',
    '0003_rules_and_alerts.sql',
    '0004_throttling.sql',
  ])
})

test('the same users sign in with the same passwords', async () => {
  const users = await admin(listUsersOperation, { query: {} })
  expect(users).toMatchObject({
    ok: true,
    body: [
      { username: 'admin', role: 'admin', disabled: false },
      { username: 'olga', role: 'operator', disabled: false },
      { username: 'victor', role: 'viewer', disabled: true },
    ],
  })
  expect((await backend.signIn('olga', 'on call all night')).status).toBe(200)
  expect((await backend.signIn('victor', 'looks but never acts')).status).toBe(403)
})

test('rules are those of 0.1.0, in the version that was in effect', async () => {
  const listed = await olga(listRulesOperation, { query: {} })
  if (!listed.ok) throw new Error('no rules')
  expect(
    listed.body
      .filter(isMetricRule)
      .map(({ id, version, warning, critical, clear }) => [id, version, warning, critical, clear]),
  ).toEqual([
    [rules.cpu, 1, 85, 95, 75],
    [rules.memory, 1, 90, 98, 80],
    [rules.disk, 4, 72, 92, 55],
  ])
})

test('a rule change that 0.1.0 had not published is published, with its earlier versions', async () => {
  await expect.poll(() => count('outbox'), within).toBe(0)
  const records = await newestRecords(quietClient(broker.bootstrap), ['remo-rules'])
  const newest = records.findLast(({ key }) => key === rules.disk)
  expect(JSON.parse(newest?.value ?? '')).toMatchObject({
    rule: { version: 4, warning: 72, critical: 92 },
    earlier: [
      { version: 1, warning: 50 },
      { version: 2, warning: 60 },
      { version: 3, warning: 70 },
    ],
  })
})

test('alerts and their timelines are those of 0.1.0', async () => {
  const listed = await olga(listAlertsOperation, { query: {} })
  if (!listed.ok) throw new Error('no alerts')
  expect(listed.body.map(({ id, phase, severity, acknowledged_by }) => [id, phase, severity, acknowledged_by])).toEqual(
    [
      [alerts.delta, 'firing', 'critical', null],
      [alerts.gamma, 'firing', 'warning', null],
      [alerts.zetaResolved, 'resolved', 'warning', null],
      [alerts.beta, 'firing', 'critical', 'olga'],
      [alerts.alphaResolved, 'resolved', 'warning', null],
    ],
  )
  const timeline = await olga(alertTimelineOperation, { params: { id: alerts.beta }, query: {} })
  if (!timeline.ok) throw new Error('no timeline')
  expect(timeline.body.map(({ kind, by, comment }) => [kind, by, comment])).toEqual([
    ['pending', undefined, undefined],
    ['opened', undefined, undefined],
    ['escalated', undefined, undefined],
    ['acknowledged', 'olga', 'Restarting the batch job.'],
  ])
})

test('history is that of 0.1.0', async () => {
  const range = await olga(metricRangeOperation, {
    query: {
      node_id: 'alpha',
      metrics: 'disk_io,temp',
      from: new Date(at('09:09:50')).toISOString(),
      to: new Date(at('09:10:06')).toISOString(),
    },
  })
  expect(range).toMatchObject({
    ok: true,
    body: {
      resolution: 0,
      series: [
        { metric: 'disk_io', last: [28, 29, 75.5, 75.5] },
        { metric: 'temp', unit: '°C', last: [40.8, 40.9, 40, 40.1] },
      ],
    },
  })
})

test('reading resumes where 0.1.0 stopped, and open episodes continue as the same alerts', async () => {
  // The last record of theta.
  const unread = 1
  await expect.poll(() => count('sample'), within).toBe(1642 + unread)
  await send('beta', '10:01:30', 97.5)
  await send('epsilon', '10:02:30', 96)
  await expect
    .poll(() => alert(alerts.epsilonPending), within)
    .toMatchObject({
      phase: 'firing',
      severity: 'critical',
      metric_value: 96,
      created_at: '2026-11-24T10:02:30.000Z',
    })
  expect(await alert(alerts.beta)).toMatchObject({ phase: 'firing', acknowledged_by: 'olga' })
  await send('beta', '10:01:40', 50)
  await expect
    .poll(() => alert(alerts.beta), within)
    .toMatchObject({
      phase: 'resolved',
      resolved_at: '2026-11-24T10:01:40.000Z',
      resolve_reason: 'cleared',
    })
  expect(await count('sample')).toBe(1642 + unread + 3)
  expect(await count('stream_gap')).toBe(1)
})

test('actions queued in a console of 0.1.0 are sent: the acknowledgement counts, the outdated rule change is a conflict', async () => {
  const fixture = new TestEngine({ dir: copyOfCache(), hasBackend: true, now: at('10:01:30') })
  const [acknowledgement, , removal] = fixture.call('actions.list', {})
  fixture.remove()
  if (!acknowledgement || !removal) throw new Error('the queue is not that of the fixture')
  expect(await trySend(olga, acknowledgement, 0)).toEqual({ kind: 'done', alertVersion: 2 })
  expect(await alert(alerts.gamma)).toMatchObject({
    acknowledged_by: 'olga',
    comment: 'Looking at it.',
    acknowledged_at: new Date(acknowledgement.at).toISOString(),
  })
  expect(await trySend(admin, removal, 0)).toMatchObject({ kind: 'settled', state: 'conflict' })
  expect(await olga(getRuleOperation, { params: { id: rules.disk } })).toMatchObject({ ok: true, body: { version: 4 } })
})
