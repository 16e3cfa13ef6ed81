/**
 * Requests and expectations of scripts for the first ReMo, field by field. The backend runs as in production: its own
 * process, real Kafka, real PostgreSQL, records of a field producer.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { type BackendProcess, startBackendProcess } from '../support/backend-process.ts'
import { FieldProducer } from '../support/field-producer.ts'
import { type StreamBroker, startStreamBroker } from '../contract/stream-broker.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'

let broker: StreamBroker
let database: TestDatabase
let backend: BackendProcess
let field: FieldProducer
let token: string

/** RFC 3339 in UTC. */
const time = z.iso.datetime()

beforeAll(async () => {
  broker = await startStreamBroker()
  database = await testDatabase()
  field = await new FieldProducer(broker.bootstrap).connect()
  const env = { REMO_DEMO: 'true', REGISTRATION: 'open', PASSWORD_MIN_LENGTH: '8' }
  backend = await startBackendProcess({ databaseUrl: database.url, bootstrap: broker.bootstrap, env })
  await backend.untilReady()
  const login = await backend.fetch('/api/auth/login', {
    method: 'POST',
    body: new URLSearchParams({ username: 'admin', password: 'admin123' }),
  })
  token = ((await login.json()) as { access_token: string }).access_token
  await setThreshold({ threshold_value: 1_000, condition: 'greater' }, 404)
  const begin = Date.now() - 5_000
  for (const [i, cpu] of [10, 20, 30].entries()) await measure(cpu, begin + i * 1_000)
  await vi.waitFor(async () => expect((await get('/api/nodes')).body).toHaveLength(1), 30_000)
})

afterAll(async () => {
  await field?.close()
  await backend?.stop()
  await database?.end()
  await broker?.end()
})

/** One record of a field producer. */
function measure(cpu: number, at: number): Promise<void> {
  const metrics = { cpu_usage: cpu, memory_usage: 48, disk_io: 12.4, network_traffic: 88.1 }
  return field.send({ nodeId: 'node-1', nodeName: 'Server-Alpha', at, metrics })
}

async function send(method: string, path: string, body?: unknown) {
  const response = await backend.fetch(path, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as unknown }
}
const get = (path: string) => send('GET', path)

async function setThreshold(rest: object, status = 200) {
  const answer = await send('POST', '/api/thresholds', { node_id: 'node-1', metric_type: 'cpu_usage', ...rest })
  expect(answer.status).toBe(status)
  return answer.body
}

/** Fields of the first ReMo, with their types; responses may have more. */
const shapes = {
  token: z.object({ access_token: z.string(), token_type: z.literal('bearer') }),
  user: z.object({ id: z.int(), username: z.string(), email: z.string(), created_at: time }),
  node: z.object({
    id: z.int(),
    node_id: z.string(),
    node_name: z.string(),
    status: z.string(),
    last_seen: time.nullable(),
  }),
  point: z.object({ value: z.number(), timestamp: time }),
  threshold: z.object({
    id: z.int(),
    node_id: z.string(),
    metric_type: z.string(),
    threshold_value: z.number(),
    condition: z.enum(['greater', 'less']),
    created_at: time,
    updated_at: time,
  }),
  alert: z.object({
    id: z.string(),
    node_id: z.string(),
    metric_type: z.string(),
    metric_value: z.number(),
    threshold_value: z.number(),
    message: z.string(),
    severity: z.enum(['warning', 'critical']),
    acknowledged: z.boolean(),
    created_at: time,
  }),
  message: z.object({ message: z.string() }),
}

describe('auth', () => {
  test('login accepts both kinds of forms, and JSON', async () => {
    const fields = { username: 'admin', password: 'admin123' }
    const parts = new FormData()
    for (const [name, value] of Object.entries(fields)) parts.set(name, value)
    const bodies = [parts, new URLSearchParams(fields)]
    for (const body of bodies) {
      const response = await backend.fetch('/api/auth/login', { method: 'POST', body })
      expect(response.status).toBe(200)
      shapes.token.parse(await response.json())
    }
    shapes.token.parse((await send('POST', '/api/auth/login', fields)).body)
  })

  test('register creates a viewer; a used name or address gets the old message', async () => {
    const user = { username: 'grace', email: 'grace@example.com', password: 'cobol1959' }
    const made = await send('POST', '/api/auth/register', user)
    expect([made.status, shapes.user.parse(made.body)]).toMatchObject([
      200,
      { username: 'grace', email: 'grace@example.com' },
    ])
    const sameName = await send('POST', '/api/auth/register', { ...user, email: 'other@example.com' })
    const sameAddress = await send('POST', '/api/auth/register', { ...user, username: 'other' })
    expect([sameName, sameAddress].map(({ status, body }) => [status, (body as { detail: string }).detail])).toEqual([
      [409, 'Username already registered'],
      [409, 'Email already registered'],
    ])
  })

  test("me returns the token's user", async () => {
    expect(shapes.user.parse((await get('/api/auth/me')).body)).toMatchObject({ username: 'admin' })
  })
})

describe('nodes and metrics', () => {
  test('nodes, one node, and an unknown node', async () => {
    const nodes = z.array(shapes.node).parse((await get('/api/nodes')).body)
    expect(nodes).toMatchObject([{ node_id: 'node-1', node_name: 'Server-Alpha', status: 'active' }])
    expect(shapes.node.parse((await get('/api/nodes/node-1')).body)).toEqual(nodes[0])
    expect((await get('/api/nodes/node-9')).status).toBe(404)
  })

  test('latest has one value per metric', async () => {
    const latest = z
      .record(z.string(), z.record(z.string(), shapes.point))
      .parse((await get('/api/metrics/latest?node_id=node-1&node_password=old')).body)
    expect(latest['node-1']?.['cpu_usage']?.value).toBe(30)
    expect(Object.keys(latest['node-1'] ?? {}).sort()).toEqual([
      'cpu_usage',
      'disk_io',
      'memory_usage',
      'network_traffic',
    ])
  })

  test('history is oldest first, for one metric or all', async () => {
    const History = z.record(z.string(), z.array(shapes.point))
    const one = History.parse((await get('/api/metrics/history?node_id=node-1&metric_type=cpu_usage&hours=1')).body)
    expect(one['cpu_usage']?.map(({ value }) => value)).toEqual([10, 20, 30])
    expect(Object.keys(one)).toEqual(['cpu_usage'])
    const all = History.parse((await get('/api/metrics/history?node_id=node-1')).body)
    expect(Object.keys(all)).toHaveLength(4)
  })

  test('stats', async () => {
    const { body } = await get('/api/dashboard/stats')
    expect(body).toEqual({ total_nodes: 1, active_nodes: 1, unacknowledged_alerts: 0, metrics_last_hour: 12 })
  })
})

describe('thresholds and alerts', () => {
  test('a threshold is created, changed in place, listed and deleted', async () => {
    const made = shapes.threshold.parse(await setThreshold({ threshold_value: 500, condition: 'greater' }))
    const changed = shapes.threshold.parse(await setThreshold({ threshold_value: 400, condition: 'less' }))
    expect(changed).toMatchObject({ id: made.id, threshold_value: 400, condition: 'less' })
    const listed = z.array(shapes.threshold).parse((await get('/api/thresholds?node_id=node-1')).body)
    expect(listed).toMatchObject([{ id: made.id, threshold_value: 400 }])
    const gone = await send('DELETE', `/api/thresholds/${made.id}`)
    expect([gone.status, typeof shapes.message.parse(gone.body).message]).toEqual([200, 'string'])
    expect((await get('/api/thresholds?node_id=node-1')).body).toEqual([])
    expect((await send('DELETE', `/api/thresholds/${made.id}`)).status).toBe(404)
  })

  test('another condition is 400, an unknown node 404, an unknown field 400', async () => {
    await setThreshold({ threshold_value: 1, condition: 'equal' }, 400)
    await setThreshold({ threshold_value: 1, condition: 'greater', node_id: 'node-9' }, 404)
    await setThreshold({ threshold_value: 1, condition: 'greater', note: 'x' }, 400)
  })

  test('a breach is an alert, critical above 1.2 times the level, and an empty request acknowledges it', async () => {
    await setThreshold({ threshold_value: 80, condition: 'greater' })
    // The threshold takes effect two seconds later.
    const later = Date.now() + 3_000
    await measure(97, later)
    const firing = async () => z.array(shapes.alert).parse((await get('/api/alerts?acknowledged=false&limit=100')).body)
    await expect.poll(firing, { timeout: 20_000 }).toHaveLength(1)
    const [alert] = await firing()
    expect(alert).toMatchObject({
      node_id: 'node-1',
      metric_type: 'cpu_usage',
      metric_value: 97,
      threshold_value: 96,
      severity: 'critical',
      acknowledged: false,
    })
    const path = `/api/alerts/${alert?.id}/acknowledge`
    for (const attempt of [1, 2]) {
      const { status, body } = await send('POST', path)
      expect([attempt, status, typeof shapes.message.parse(body).message]).toEqual([attempt, 200, 'string'])
    }
    expect(await firing()).toEqual([])
    const acknowledged = await get('/api/alerts?node_id=node-1&acknowledged=true')
    expect(acknowledged.body).toMatchObject([{ id: alert?.id, acknowledged: true }])
  })
})

describe('export and metrics', () => {
  test('CSV starts with the old header, has CRLF and one line per value, oldest first', async () => {
    const { headers, body } = await get('/api/export/csv?node_id=node-1&metric_type=cpu_usage&hours=24')
    const [head = '', ...lines] = String(body).split('\r\n')
    expect(head.startsWith('Timestamp,Node ID,Metric Type,Value')).toBe(true)
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename=/)
    const values = lines.filter((line) => line !== '').map((line) => line.split(',').slice(1, 4))
    expect(values.slice(0, 3)).toEqual([10, 20, 30].map((value) => ['node-1', 'cpu_usage', String(value)]))
  })

  test('summary', async () => {
    const { body } = await get('/api/export/summary?node_id=node-1&hours=24')
    const Summary = z.object({
      summary: z.array(
        z.object({
          node_id: z.string(),
          metric_type: z.string(),
          average: z.number(),
          minimum: z.number(),
          maximum: z.number(),
          count: z.int(),
        }),
      ),
      time_range_hours: z.number(),
    })
    const { summary, time_range_hours: hours } = Summary.parse(body)
    expect([hours, summary.find(({ metric_type: metric }) => metric === 'cpu_usage')]).toMatchObject([
      24,
      { minimum: 10 },
    ])
  })

  test('health, and Prometheus metrics on a separate port', async () => {
    const { status, timestamp } = (await get('/health')).body as { status: string; timestamp: string }
    expect([status, time.parse(timestamp)]).toEqual(['healthy', timestamp])
    const counters = await fetch(`http://127.0.0.1:${backend.metricsPort}/metrics`)
    expect([counters.status, counters.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ])
    expect(await counters.text()).toContain('remo_build_info')
  })
})
