import { connect } from 'node:net'
import { request as rawRequest } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Problem } from '#shared/rest/problems.ts'
import { type ApiRequest, problemIn, testApp, type TestApp } from '../support/backend-app.ts'
import { handled, routes } from './http-operations.ts'

let app: TestApp
beforeAll(async () => {
  app = await testApp(() => routes)
})
afterAll(() => app.end())

const send = async (operation: string, request: ApiRequest = {}) => problemIn(await app.call(operation, request))

describe('bad requests', () => {
  const deep = '['.repeat(10_000) + ']'.repeat(10_000)
  test.each<[string, string | undefined, readonly [number, string]]>([
    ['malformed JSON', '{"note":', [400, 'malformed_body']],
    ['an empty body', undefined, [400, 'malformed_body']],
    ['a wrong type', '{"note":1}', [400, 'invalid_request']],
    ['an unknown field', '{"note":"a","more":1}', [400, 'invalid_request']],
    ['__proto__', '{"note":"a","__proto__":{"n":1}}', [400, 'invalid_request']],
    ['constructor', '{"note":"a","constructor":{"prototype":{"n":1}}}', [400, 'invalid_request']],
    ['10,000 levels', `{"note":"a","n":${deep}}`, [400, 'invalid_request']],
    ['only brackets', deep, [400, 'invalid_request']],
    ['NUL in a text', '{"note":"a\\u0000b"}', [400, 'invalid_request']],
    ['half a surrogate pair', '{"note":"a\\ud800"}', [400, 'invalid_request']],
    ['1e400', '{"note":"a","n":1e400}', [400, 'invalid_request']],
    ['2^53+1', '{"note":"a","n":9007199254740993}', [400, 'invalid_request']],
    ['null', 'null', [400, 'invalid_request']],
    ['a text that is too long', JSON.stringify({ note: 'x'.repeat(201) }), [400, 'invalid_request']],
    ['more than 100 KB', JSON.stringify({ note: 'x'.repeat(110_000) }), [413, 'payload_too_large']],
  ])('%s is refused with a sentence', async (_, body, expected) => {
    expect(await send('post /api/echo', { as: 'operator', ...(body === undefined ? {} : { body }) })).toEqual(expected)
  })

  test('-0 and duplicate keys are JSON like any other: the last one counts', async () => {
    const { status, body } = await app.call('post /api/echo', {
      as: 'operator',
      body: '{"note":"a","note":"b","n":-0}',
    })
    expect([status, body]).toMatchObject([200, { note: 'b' }])
  })

  test('all invalid fields are listed with their paths', async () => {
    const { body } = await app.call<Problem>('post /api/echo', { as: 'operator', body: { note: '', n: 1.5, x: 1 } })
    expect(body.issues?.map(({ path }) => path)).toEqual(['body.note', 'body.n', 'body.x'])
    expect(Problem.parse(body)).toEqual(body)
  })

  test.each([
    ['text/plain', [415, 'unsupported_media_type']],
    ['application/xml', [415, 'unsupported_media_type']],
    ['application/json; charset=iso-8859-1', [415, 'unsupported_media_type']],
  ] as const)('%s is not understood', async (type, expected) => {
    const request = { as: 'operator' as const, body: '{"note":"a"}', headers: { 'Content-Type': type } }
    expect(await send('post /api/echo', request)).toEqual(expected)
  })

  test('a body that unpacks to more than 100 KB is refused before it is complete', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    const response = await fetch(`${app.url}/api/echo`, {
      method: 'POST',
      headers: { Authorization: 'Bearer operator', 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      body: new Uint8Array(bomb),
    })
    expect([response.status, ((await response.json()) as Problem).code]).toEqual([413, 'payload_too_large'])
  })

  test.each(['gzip', 'deflate', 'br'])('a body that is not %s, or ends too early, is malformed', async (encoding) => {
    const headers = { 'Content-Encoding': encoding }
    expect(await send('post /api/echo', { as: 'operator', body: '{"note":"a"}', headers })).toEqual([
      400,
      'malformed_body',
    ])
    const body = new Uint8Array(gzipSync('{"note":"a"}').subarray(0, 12))
    const response = await fetch(`${app.url}/api/form`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      body,
    })
    expect([response.status, ((await response.json()) as Problem).code]).toEqual([400, 'malformed_body'])
  })

  test.each([
    ['/api/list/a?limit=-1', [400, 'invalid_request']],
    ['/api/list/a?limit=1.5', [400, 'invalid_request']],
    ['/api/list/a?limit=many', [400, 'invalid_request']],
    ['/api/list/a?limit=0x10', [400, 'invalid_request']],
    ['/api/list/a?limit=1&limit=2', [400, 'invalid_request']],
    ['/api/list/%ZZ', [400, 'invalid_request']],
    ['/api/list/%00', [400, 'invalid_request']],
    ['/api/list/%ED%A0%80', [400, 'invalid_request']],
    ['/api/nothing', [404, 'not_found']],
    ['/%2e%2e/%2e%2e/etc/passwd', [404, 'not_found']],
  ] as const)('%s', async (path, expected) => {
    expect(await send(`get ${path}`, { as: 'viewer' })).toEqual(expected)
  })

  test('an unknown query parameter is ignored', async () => {
    const { status, body } = await app.call('get /api/list/a?node_password=x&__proto__=y', { as: 'viewer' })
    expect([status, body]).toEqual([200, ['a', '100']])
  })
})

describe('forms', () => {
  test('a form of either kind is read like JSON', async () => {
    const data = new FormData()
    data.set('note', 'häuser')
    const multipart = await fetch(`${app.url}/api/form`, { method: 'POST', body: data })
    const encoded = await fetch(`${app.url}/api/form`, {
      method: 'POST',
      body: new URLSearchParams({ note: 'häuser' }),
    })
    expect([await multipart.json(), await encoded.json()]).toEqual([{ note: 'häuser' }, { note: 'häuser' }])
  })

  test.each([
    ['no boundary', 'multipart/form-data', 'x'],
    [
      'an end that is missing',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nabc',
    ],
    [
      'a file',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nabc\r\n--b--\r\n',
    ],
  ])('%s is malformed', async (_, type, body) => {
    const response = await fetch(`${app.url}/api/form`, { method: 'POST', body, headers: { 'Content-Type': type } })
    expect([response.status, ((await response.json()) as Problem).code]).toEqual([400, 'malformed_body'])
  })

  test('a field named __proto__ sets nothing', async () => {
    const data = new FormData()
    data.set('note', 'a')
    data.set('__proto__', 'b')
    const encoded = new URLSearchParams({ note: 'a' })
    encoded.set('__proto__', 'b')
    const parts = await fetch(`${app.url}/api/form`, { method: 'POST', body: data })
    expect([parts.status, ((await parts.json()) as Problem).code]).toEqual([400, 'invalid_request'])
    const pairs = await fetch(`${app.url}/api/form`, { method: 'POST', body: encoded })
    expect([pairs.status, await pairs.json()]).toEqual([200, { note: 'a' }])
  })

  test('an operation that takes JSON refuses a form', async () => {
    const body = new URLSearchParams({ note: 'a' })
    const headers = { Authorization: 'Bearer operator' }
    const response = await fetch(`${app.url}/api/echo`, { method: 'POST', body, headers })
    expect(response.status).toBe(415)
  })
})

describe('access', () => {
  test('without a token it is 401 with WWW-Authenticate, with too low a role 403', async () => {
    const without = await app.call('post /api/echo', { body: { note: 'a' } })
    expect([problemIn(without), without.headers.get('www-authenticate')]).toEqual([
      [401, 'unauthenticated'],
      'Bearer realm="remo"',
    ])
    expect(await send('post /api/echo', { as: 'viewer', body: { note: 'a' } })).toEqual([403, 'forbidden'])
  })

  test('another method is 405 and lists the allowed ones', async () => {
    const put = await app.call('put /api/list/a', { as: 'viewer' })
    expect([problemIn(put), put.headers.get('allow')]).toEqual([[405, 'method_not_allowed'], 'HEAD, GET'])
    expect((await app.call('post /api/list/a')).status).toBe(405)
  })

  test('TRACE is off', async () => {
    const status = await new Promise((resolve) => {
      rawRequest(`${app.url}/api/echo`, { method: 'TRACE' }, ({ statusCode }) => resolve(statusCode)).end()
    })
    expect(status).toBe(405)
  })

  test('an internal error has no detail, but the id of the request', async () => {
    const { status, headers, body } = await app.call<Problem>('get /api/broken')
    expect([status, body.code, body.requestId]).toEqual([500, 'internal', headers.get('x-request-id')])
    expect(JSON.stringify(body)).not.toMatch(/secret|Error|\.ts/)
  })

  test('a query that takes PostgreSQL too long is 503, not 500, and says when to retry', async () => {
    const response = await app.call('get /api/slow')
    expect([problemIn(response), response.headers.get('retry-after')]).toEqual([[503, 'unavailable'], '5'])
    const { rows } = await app.pool.query<{ statement_timeout: string }>('show statement_timeout')
    expect(rows).toEqual([{ statement_timeout: '5s' }])
  })

  test('no response reveals the software of the server', async () => {
    const { headers } = await app.call('get /api/broken')
    expect([headers.get('x-powered-by'), headers.get('server'), headers.get('content-type')]).toEqual([
      null,
      null,
      'application/problem+json; charset=utf-8',
    ])
  })
})

describe('versions and keys', () => {
  test('If-Match is read from an ETag; anything else in it is refused', async () => {
    const say = (value: string) =>
      app.call<{ ifMatch: number }>('post /api/echo', {
        as: 'operator',
        body: { note: 'a' },
        headers: { 'If-Match': value },
      })
    expect((await say('"7"')).body.ifMatch).toBe(7)
    expect((await say('*')).body.ifMatch).toBe(null)
    expect(problemIn(await say('7'))).toEqual([400, 'invalid_request'])
  })

  test('one key in many simultaneous requests: one change, one response', async () => {
    const request = { as: 'operator' as const, body: { note: 'once' }, headers: { 'Idempotency-Key': 'k-1' } }
    const before = handled.echo
    const responses = await Promise.all(Array.from({ length: 8 }, () => app.call('post /api/echo', request)))
    expect(handled.echo - before).toBe(1)
    expect(new Set(responses.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1)
  })

  test('a key that was used for another request is refused', async () => {
    const headers = { 'Idempotency-Key': 'k-2' }
    await app.call('post /api/echo', { as: 'operator', body: { note: 'one' }, headers })
    expect(await send('post /api/echo', { as: 'operator', body: { note: 'two' }, headers })).toEqual([
      409,
      'idempotency_mismatch',
    ])
  })

  test('a list links to its next page and keeps its filters', async () => {
    const { headers } = await app.call('get /api/list/a?limit=7', { as: 'viewer' })
    expect(headers.get('link')).toBe('</api/list/a?limit=7&cursor=abc>; rel="next"')
  })
})

describe('connections', () => {
  const raw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(app.url).port), '127.0.0.1', () => socket.write(text))
      let response = ''
      socket.on('data', (chunk) => (response += chunk.toString()))
      socket.on('close', () => resolve(response))
      socket.on('error', reject)
    })

  test('input that is not HTTP, and endless headers, are answered as problem+json', async () => {
    expect(await raw('HELLO\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json/)
    const huge = `GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`
    expect(await raw(huge)).toMatch(/^HTTP\/1\.1 431 [\s\S]*application\/problem\+json/)
  })

  test.each([
    ['no host', 'GET /api/broken HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['two hosts', 'GET /api/broken HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n', 400],
    ['no host in HTTP/1.0', 'GET /api/nothing HTTP/1.0\r\n\r\n', 404],
    ['an expectation', 'GET /api/nothing HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nConnection: close\r\n\r\n', 404],
    ['an upgrade', 'GET /api/nothing HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nUpgrade: h2c\r\n\r\n', 404],
  ])('%s is answered as problem+json', async (_, text, status) => {
    const response = await raw(text)
    expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*application/problem\\+json`))
    expect(response.match(/^HTTP\/1\.1 /gm)).toHaveLength(1)
  })

  test('pipelined requests are answered in their order', async () => {
    const one = (name: string, more = '') =>
      `GET /api/list/${name} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer viewer\r\n${more}\r\n`
    const names = Array.from({ length: 20 }, (_, n) => `n${n}`)
    const response = await raw(names.map((name) => one(name)).join('') + one('last', 'Connection: close\r\n'))
    expect([...response.matchAll(/\["(\w+)","100"\]/g)].map(([, name]) => name)).toEqual([...names, 'last'])
  })

  test('a body with an ambiguous length is refused, and the bytes after it are not a request', async () => {
    const head =
      'POST /api/form HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n'
    const next = 'GET /api/broken HTTP/1.1\r\nHost: a\r\n\r\n'
    for (const text of [`${head}\r\nZZ\r\n{}\r\n${next}`, `${head}Content-Length: 2\r\n\r\n0\r\n\r\n${next}`]) {
      const response = await raw(text)
      expect(response.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 400'])
    }
  })
})

describe('documentation', () => {
  test.each([{ Range: 'bytes=99999999-' }, { 'If-Match': '"other"' }])(
    '%o of a file is not a failure of the backend',
    async (headers) => {
      expect(problemIn(await app.call('get /docs/swagger-ui.css', { headers }))).toEqual([400, 'invalid_request'])
    },
  )

  test('the page and its scripts come from this server, and the description is OpenAPI 3.1', async () => {
    const page = await app.call<string>('get /docs/')
    const scripts = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path)
    const statuses = await Promise.all(scripts.map(async (path) => (await app.call(`get /docs/${path}`)).status))
    expect([page.status, new Set(statuses)]).toEqual([200, new Set([200])])
    const { body } = await app.call<{ openapi: string; paths: object }>('get /openapi.json')
    expect([body.openapi, Object.keys(body.paths)]).toEqual([
      '3.1.0',
      ['/api/echo', '/api/form', '/api/list/{name}', '/api/slow', '/api/broken'],
    ])
  })
})
