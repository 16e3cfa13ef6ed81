/** Lists that many clients request at once: shared, conditional, and never older than the request. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ApiRoute } from '../../src-backend/http/route.ts'
import { metricRoutes } from '../../src-backend/metrics/routes.ts'
import { nodeRoutes } from '../../src-backend/nodes/routes.ts'
import { testApp, type TestApp } from '../support/backend-app.ts'

let app: TestApp
let arrived = 0
const counted = ({ operation, handler }: ApiRoute): ApiRoute => ({
  operation,
  handler: (call) => {
    arrived += 1
    return handler(call)
  },
})
beforeAll(async () => {
  app = await testApp(() => [...nodeRoutes(), ...metricRoutes()].map(counted))
  await app.pool.query(
    `insert into node (node_id, node_name, last_seen, latest)
     select 'node-' || n, 'Node', now(), '{"cpu_usage": {"value": 0, "at": 0}}' from generate_series(1, 1000) as n`,
  )
})
afterAll(() => app.end())

const lists = ['/api/nodes?limit=500', '/api/metrics/latest', '/api/dashboard/stats']
const get = (path: string, headers: Record<string, string> = {}) => app.call(`get ${path}`, { as: 'viewer', headers })

async function setValue(value: number): Promise<void> {
  await app.pool.query(
    `update node set node_name = $1::text, latest = jsonb_set(latest, '{cpu_usage,value}', to_jsonb($1::int))
     where node_id = 'node-1'`,
    [value],
  )
}

test.each(lists)('two hundred requests of %s at once are a few reads, and all get the same', async (path) => {
  const queries = vi.spyOn(app.pool, 'query')
  const before = arrived
  const lock = await app.pool.connect()
  await lock.query('begin')
  await lock.query('lock table node in access exclusive mode')
  const responses = Array.from({ length: 200 }, () => get(path))
  await expect.poll(() => arrived - before).toBe(200)
  await lock.query('commit')
  lock.release()
  const bodies = (await Promise.all(responses)).map(({ status, body }) => `${status} ${JSON.stringify(body)}`)
  expect(queries.mock.calls.length).toBeLessThan(10)
  queries.mockRestore()
  expect(new Set(bodies).size).toBe(1)
  expect(bodies[0]).toMatch(/^200 [[{]/)
})

test.each([
  ['/api/nodes?limit=500', (body: unknown) => (body as Array<{ node_name: string }>)[0]?.node_name],
  ['/api/metrics/latest?node_id=node-1', valueIn],
  ['/api/metrics/latest', valueIn],
] as const)(
  'a request of %s contains what was committed before it, however many others read',
  async (path, valueOf) => {
    let isOver = false
    const others = Array.from({ length: 20 }, async () => {
      while (!isOver) await get(path)
    })
    for (let value = 1; value <= 20; value++) {
      await setValue(value)
      expect(Number(valueOf((await get(path)).body))).toBe(value)
    }
    isOver = true
    await Promise.all(others)
  },
)

function valueIn(body: unknown): number | undefined {
  return (body as Record<string, Record<string, { value: number }>>)['node-1']?.['cpu_usage']?.value
}

test.each(['/api/nodes?limit=500', '/api/metrics/latest'])('%s is sent again only after a change', async (path) => {
  await setValue(50)
  const first = await get(path)
  const etag = first.headers.get('etag') ?? ''
  expect([first.headers.get('cache-control'), etag]).toEqual(['private, no-cache', expect.stringMatching(/^".{27}"$/)])
  for (const known of [etag, `W/${etag}`, `"old", ${etag}`, '*']) {
    const again = await get(path, { 'If-None-Match': known })
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', etag])
  }
  expect((await get(path, { 'If-None-Match': '"old", nonsense' })).status).toBe(200)
  await setValue(51)
  const changed = await get(path, { 'If-None-Match': etag })
  expect([changed.status, changed.headers.get('etag') === etag]).toEqual([200, false])
})

test('a page that is not modified still leads to the next one', async () => {
  const first = await get('/api/nodes?limit=500')
  const again = await get('/api/nodes?limit=500', { 'If-None-Match': first.headers.get('etag') ?? '' })
  expect([again.status, again.headers.get('link')]).toEqual([304, first.headers.get('link')])
  expect(first.headers.get('link')).toMatch(/rel="next"/)
})
