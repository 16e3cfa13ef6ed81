import { afterEach, beforeEach, expect, test } from 'vitest'
import { listAlertsOperation } from '#shared/rest/alerts.ts'
import { removeRuleOperation, updateRuleOperation } from '#shared/rest/rules.ts'
import { healthOperation } from '#shared/rest/system.ts'
import { listUsersOperation, updateUserOperation } from '#shared/rest/users.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { RestClient } from './rest-client.ts'
import type { ResponseSeen } from './rest-client.ts'
import { aProblem, healthy, startTestServer } from '../test-server.ts'
import type { TestServer } from '../test-server.ts'

let server: TestServer
let client: RestClient
let seen: ResponseSeen[]

beforeEach(async () => {
  server = await startTestServer(() => healthy)
  seen = []
  client = clientOf(server.url)
})
afterEach(() => server.close())

const clientOf = (url: string): RestClient =>
  new RestClient({ url, fetch, onResponse: (_contract, answer) => seen.push(answer) })

test('fields of a newer backend are dropped from a response', async () => {
  const rule = aRule()
  server.response = () => ({ status: 200, body: { ...rule, window: { minutes: 5 } } })
  const { id, version: _v, deleted: _d, effectiveFrom: _e, updatedBy: _b, updatedAt: _a, ...draft } = rule
  expect(await client.call(updateRuleOperation, { params: { id }, body: draft })).toEqual({ ok: true, body: rule })
  const { status, body } = aProblem('version_conflict')
  server.response = () => ({ status, body: { ...Object(body), hint: 'more' } as unknown })
  expect(await client.call(updateRuleOperation, { params: { id }, body: draft })).toMatchObject({
    failure: { kind: 'problem', problem: { code: 'version_conflict' } },
  })
})

test('a request follows its contract: method, path, query, body, version, key and token', async () => {
  server.response = () => ({ status: 200, body: [] })
  const rule = aRule()
  const { id, version: _v, deleted: _d, effectiveFrom: _e, updatedBy: _b, updatedAt: _a, ...draft } = rule
  const key = '0b2e6a52-54a5-8f3c-9d5e-4d2f0f6a7b11'
  await client.call(
    updateRuleOperation,
    { params: { id }, body: draft, ifMatch: 3, idempotencyKey: key },
    { token: 'token' },
  )
  await client.call(listAlertsOperation, { query: { node_id: 'rack 7/ä&b', limit: '10' } })
  expect(server.requests.map(({ headers, ...request }) => ({ ...request, ...sentBy(headers) }))).toEqual([
    {
      method: 'put',
      path: `/api/rules/${id}`,
      query: {},
      body: draft,
      authorization: 'Bearer token',
      'if-match': '"3"',
      'idempotency-key': key,
    },
    { method: 'get', path: '/api/alerts', query: { node_id: 'rack 7/ä&b', limit: '10' }, body: undefined },
  ])
})

function sentBy(headers: Readonly<Record<string, string | undefined>>): object {
  const names = ['authorization', 'if-match', 'idempotency-key']
  return Object.fromEntries(names.filter((name) => name in headers).map((name) => [name, headers[name]]))
}

test('a path in the backend address is a prefix of every request', async () => {
  await clientOf(`${server.url}/remo/`).call(healthOperation, {})
  expect(server.requests[0]?.path).toBe('/remo/health')
})

test('a response is parsed by the contract, with the cursor of the next page', async () => {
  const link = '</api/users?limit=1&cursor=ab%3D>; rel="next"'
  server.response = () => ({ status: 200, body: [], headers: { link } })
  expect(await client.call(listUsersOperation, { query: {} })).toEqual({ ok: true, body: [], next: 'ab=' })
})

test('a problem is returned as sent, with the time to wait', async () => {
  const problem = aProblem('too_many_requests')
  server.response = () => ({ ...problem, headers: { 'retry-after': '7' } })
  expect(await client.call(updateUserOperation, { params: { id: '1' }, body: {} })).toEqual({
    ok: false,
    failure: { kind: 'problem', problem: problem.body, retryAfterSeconds: 7 },
  })
  expect(seen).toEqual([429])
})

const odd = {
  'a page of a proxy': { status: 502, body: '<html>Bad gateway</html>' },
  'a body that does not fit': { status: 200, body: { status: 'fine' } },
  'no JSON': { status: 200, body: '{' },
  'a redirect': { status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere' } },
}
test.each(Object.entries(odd))('%s is not a response of a backend', async (_name, answer) => {
  server.response = () => answer
  expect(await client.call(healthOperation, {})).toEqual({
    ok: false,
    failure: { kind: 'unreachable', detail: expect.stringMatching(/^[A-Z].*\.$/) as unknown },
  })
  expect(seen).toEqual(['unreachable'])
})

test('a refused connection and a timeout have a sentence', async () => {
  server.response = () => 'never'
  const timedOut = await client.call(healthOperation, {}, { limitMs: 50 })
  await server.close()
  const refused = await client.call(removeRuleOperation, { params: { id: aRule().id }, ifMatch: 1 })
  expect([timedOut, refused]).toEqual([
    { ok: false, failure: { kind: 'unreachable', detail: 'It did not answer within 0.05 s.' } },
    { ok: false, failure: { kind: 'unreachable', detail: 'Nothing is listening at its address.' } },
  ])
})
