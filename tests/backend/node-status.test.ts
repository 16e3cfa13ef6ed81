import { afterAll, beforeAll, expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { alertCodec } from '#shared/codec/domain-codecs.ts'
import { nodeRoutes } from '../../src-backend/nodes/routes.ts'
import { testApp, type TestApp } from '../support/backend-app.ts'

let app: TestApp
beforeAll(async () => (app = await testApp(() => nodeRoutes())))
afterAll(() => app.end())

/** A node whose newest record is this many seconds old, by the clock of the node. */
async function seed(nodeId: string, ageSeconds: number, intervalMs: number | null): Promise<void> {
  await app.pool.query(
    `insert into node (node_id, node_name, last_seen, interval_ms, latest)
     values ($1, $1, to_timestamp($2::float8 / 1000), $3, '{}')`,
    [nodeId, Date.now() - ageSeconds * 1000, intervalMs],
  )
}

test('the status of a node is what a console shows', async () => {
  await seed('fresh', 10, 5_000)
  await seed('stale', 30, 5_000)
  await seed('slow', 100, 60_000)
  await seed('gone', 200, 60_000)
  await seed('first', 14, null)
  await seed('ahead', -3_000, 5_000)
  await seed('ahead-and-gone', -3_000, 5_000)
  const alert = anAlert({ id: anId(1), kind: 'offline', metric: '', value: null, nodeId: 'ahead-and-gone' })
  await app.pool.query(
    `insert into alert (id, version, alert, node_id, rule_id, severity, phase, acknowledged, opened_at)
     values ($1, 1, $2, $3, $4, 'critical', 'firing', false, now())`,
    [alert.id, alertCodec.stringify(alert), alert.nodeId, alert.ruleId],
  )
  const { body } = await app.call<Array<{ node_id: string; status: string }>>('get /api/nodes', { as: 'viewer' })
  expect(Object.fromEntries(body.map(({ node_id, status }) => [node_id, status]))).toEqual({
    fresh: 'active',
    stale: 'stale',
    slow: 'active',
    gone: 'offline',
    first: 'active',
    ahead: 'active',
    'ahead-and-gone': 'offline',
  })
  const stats = await app.call<{ active_nodes: number }>('get /api/dashboard/stats', { as: 'viewer' })
  expect(stats.body.active_nodes).toBe(4)
})
