/** What scripts of the first ReMo send, in the spellings that FastAPI and pydantic accepted. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AlertItem } from '#shared/rest/alerts.ts'
import type { Threshold } from '#shared/rest/thresholds.ts'
import { seedFleet } from '../support/fleet-rows.ts'
import { seedSamples, steadily } from '../support/metric-rows.ts'
import { fullBackend, type FullBackend, passwordOf } from '../support/full-backend.ts'

let backend: FullBackend
beforeAll(async () => {
  backend = await fullBackend()
  await seedFleet(backend.pool)
  const now = Date.now()
  const range = { from: now - 60_000, to: now, everyMs: 10_000 }
  await seedSamples(backend.pool, { nodeId: 'node-2', metrics: ['cpu_usage'], records: steadily(range, () => [7]) })
  // 600 alerts, every second one acknowledged
  await backend.pool.query(
    `insert into alert (id, version, alert, node_id, rule_id, severity, phase, acknowledged, opened_at)
     select ('00000000-0000-8000-9000-' || lpad(n::text, 12, '0'))::uuid, version, alert, node_id, rule_id, severity,
       phase, n % 2 = 0, opened_at - n * interval '1 second'
     from alert, generate_series(2, 600) as n`,
  )
})
afterAll(() => backend.end())

async function get<T>(path: string): Promise<{ status: number; body: T; text: string }> {
  const response = await backend.fetch(path, { as: 'viewer' })
  const text = await response.text()
  return { status: response.status, text, body: (/^[[{]/.test(text) ? JSON.parse(text) : text) as T }
}

describe('acknowledged', () => {
  const count = async (query: string) => {
    const { status, body } = await get<AlertItem[]>(`/api/alerts?limit=1000&${query}`)
    return [status, body.length]
  }

  test.each(['true', 'True', 'TRUE', '1', 'yes', 'Yes', 'on', 't', 'y'])(
    '%s lists what is acknowledged',
    async (word) => {
      expect(await count(`acknowledged=${word}`)).toEqual([200, 300])
    },
  )

  test.each(['false', 'False', '0', 'no', 'No', 'off', 'f', 'n'])('%s lists the others', async (word) => {
    expect(await count(`acknowledged=${word}`)).toEqual([200, 300])
    expect(await count(`acknowledged=${word}&node_id=node-1`)).toEqual([200, 300])
  })

  test('empty lists all', async () => {
    expect(await count('acknowledged=')).toEqual([200, 600])
  })

  test.each(['maybe', '2', 'null', 'truee'])('%s is refused with a sentence', async (word) => {
    const { status, body } = await get<{ detail: string }>(`/api/alerts?acknowledged=${word}`)
    expect([status, body.detail]).toEqual([400, 'query.acknowledged: expected true or false.'])
  })
})

describe('limit', () => {
  test.each([
    ['', 100],
    ['0', 0],
    ['7', 7],
    [' 7', 7],
    ['+7', 7],
    ['7.0', 7],
    ['501', 501],
    ['1000', 600],
    ['100000', 600],
    ['99999999999999999999', 600],
  ])('"%s" lists %i alerts', async (limit, expected) => {
    const { status, body } = await get<AlertItem[]>(`/api/alerts?limit=${encodeURIComponent(limit)}`)
    expect([status, body.length]).toEqual([200, expected])
  })

  test.each(['/api/nodes', '/api/thresholds', '/api/rules', '/api/rejected'])(
    'large is accepted by %s',
    async (path) => {
      expect((await get(`${path}?limit=100000&cursor=`)).status).toBe(200)
    },
  )
})

describe('empty parameters', () => {
  test.each([
    ['/api/alerts?node_id=&acknowledged=&limit=&severity=&phase=&cursor=', '/api/alerts'],
    ['/api/nodes?limit=&cursor=', '/api/nodes'],
    ['/api/thresholds?node_id=', '/api/thresholds'],
    ['/api/metrics/latest?node_id=', '/api/metrics/latest'],
    ['/api/metrics/history?node_id=node-2&metric_type=&hours=&points=', '/api/metrics/history?node_id=node-2'],
    ['/api/export/csv?node_id=&metric_type=&hours=', '/api/export/csv'],
    ['/api/export/summary?node_id=&hours=', '/api/export/summary'],
  ])('%s is the same as without them', async (given, same) => {
    const [one, other] = [await get(given), await get(same)]
    expect([one.status, one.text]).toEqual([200, other.text])
  })

  test('an empty node has no history', async () => {
    expect(await get('/api/metrics/history?node_id=&metric_type=&hours=1')).toMatchObject({ status: 200, body: {} })
  })

  test('a parameter that is not known may be repeated', async () => {
    expect((await get('/api/nodes?_=1&_=2&node_password=a&node_password=b')).status).toBe(200)
  })
})

describe('hours', () => {
  test.each(['1', '1.5', '1e-5', '.5', '24.0', '+1', ' 1', '8784', '100000', '1e300', '0'])(
    '"%s" is a number',
    async (hours) => {
      const query = `node_id=node-2&hours=${encodeURIComponent(hours)}`
      for (const path of ['metrics/history', 'export/csv', 'export/summary']) {
        expect([path, (await get(`/api/${path}?${query}`)).status]).toEqual([path, 200])
      }
      const { body } = await get<{ time_range_hours: number }>(`/api/export/summary?${query}`)
      expect(body.time_range_hours).toBe(Number(hours))
    },
  )
})

describe('bodies', () => {
  const post = async (path: string, { body, headers }: { body: string | URLSearchParams; headers?: object }) => {
    const response = await backend.fetch(path, { as: 'admin', method: 'POST', body, headers: { ...headers } })
    return { status: response.status, body: (await response.json()) as Threshold & { detail: string } }
  }
  const json = { 'Content-Type': 'application/json' }
  const threshold = (value: unknown) =>
    post('/api/thresholds', {
      headers: json,
      body: JSON.stringify({
        node_id: 'node-1',
        metric_type: 'cpu_usage',
        threshold_value: value,
        condition: 'greater',
      }),
    })

  test('a threshold may be a number or text with one', async () => {
    for (const value of [80, 80.5, '80', '80.5', '-3', ' 12 ']) {
      expect(await threshold(value)).toMatchObject({ status: 200, body: { threshold_value: Number(value) } })
    }
  })

  test.each(['high', '', '1e3', true, null, [80]])('a threshold of %j is refused with a sentence', async (value) => {
    expect(await threshold(value)).toMatchObject({
      status: 400,
      body: { detail: 'body.threshold_value: expected a number.' },
    })
  })

  test('a sign-in form may have the fields of the OAuth2 password grant', async () => {
    const body = new URLSearchParams({
      grant_type: 'password',
      username: 'viewer',
      password: passwordOf('viewer'),
      scope: '',
      client_id: '',
      client_secret: '',
    })
    expect((await post('/api/auth/login', { body })).status).toBe(200)
  })
})

describe('headers', () => {
  test('an empty If-Match or Idempotency-Key counts as not sent', async () => {
    const body = JSON.stringify({ node_id: 'node-1', metric_type: 'disk_io', threshold_value: 1, condition: 'less' })
    for (const headers of [{ 'If-Match': '' }, { 'Idempotency-Key': '' }]) {
      const init = { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } }
      expect((await backend.fetch('/api/thresholds', { as: 'admin', ...init })).status).toBe(200)
    }
  })
})
