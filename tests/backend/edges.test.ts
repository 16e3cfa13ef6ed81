import { request as rawRequest } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { apiRoute } from '../../src-backend/http/route.ts'
import { requestThrottle } from '../../src-backend/http/middleware.ts'
import { problemIn, callApi } from '../support/backend-app.ts'
import { nullLog } from '../support/null-log.ts'
import { all, start, stopAll, viewer } from './bare-http.ts'

afterEach(stopAll)

describe('a client that is slow', () => {
  const patience = { headersMs: 150, requestMs: 300, checkEveryMs: 20, stalledMs: 10_000 }

  /**
   * Sends `first`, then one more byte every 50 ms.
   * @returns everything received until the server closed the connection
   */
  const drip = (url: string, first: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(first))
      const more = setInterval(() => socket.write('x'), 50)
      let response = ''
      socket.on('data', (chunk) => (response += chunk.toString()))
      socket.on('error', () => undefined) // a byte after the server closed the connection
      socket.on('close', () => {
        clearInterval(more)
        resolve(response)
      })
    })

  test.each([
    ['headers', 'GET /api/who HTTP/1.1\r\nHost: remo\r\nX-Slow: '],
    [
      'a body',
      'POST /api/say HTTP/1.1\r\nHost: remo\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"',
    ],
  ])('with %s is answered 408 once, and disconnected', async (_, first) => {
    const response = await drip(await start({}, patience), first)
    expect(response.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 408'])
    expect(response).toMatch(/application\/problem\+json/)
  })

  test('does not keep others waiting', async () => {
    const url = await start({}, { ...patience, headersMs: 60_000, requestMs: 60_000 })
    const sockets = Array.from({ length: 200 }, () =>
      connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined),
    )
    for (const socket of sockets) socket.write('GET /api/who HTTP/1.1\r\n')
    expect((await callApi(url, 'get /api/who', {})).status).toBe(200)
    for (const socket of sockets) socket.destroy()
  })
})

describe('a response that stalls', () => {
  const patience = { headersMs: 10_000, requestMs: 10_000, checkEveryMs: 20, stalledMs: 100 }
  const soon = { timeout: 10_000 }

  test('because its client does not read keeps its place up to a limit', async () => {
    const url = await start({ authenticate: () => Promise.resolve(viewer) }, patience)
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined)
    socket.pause()
    socket.write('GET /api/all HTTP/1.1\r\nHost: remo\r\n\r\n')
    const ask = async () => {
      const gone = new AbortController()
      const { status } = await fetch(`${url}/api/all`, { signal: gone.signal })
      gone.abort()
      return status
    }
    await expect.poll(ask, soon).toBe(429)
    await expect.poll(ask, soon).toBe(200)
    socket.destroy()
  })

  test('because there is nothing to send yet continues to its end', async () => {
    async function* slowly(): AsyncGenerator<string> {
      for (const line of ['first\r\n', 'second\r\n', 'last\r\n']) {
        yield line
        await delay(4 * patience.stalledMs)
      }
    }
    const routes = [apiRoute(all, () => Promise.resolve({ stream: Readable.from(slowly()) }))]
    const url = await start({ authenticate: () => Promise.resolve(viewer), routes }, patience)
    expect((await callApi(url, 'get /api/all', {})).body).toBe('first\r\nsecond\r\nlast\r\n')
  })
})

describe('a client that disconnects', () => {
  /** Takes the only place, reads, and gives it back. */
  const readsOn = async (url: string, signal: AbortSignal) => {
    const response = await fetch(`${url}/api/all`, { signal })
    await response.body?.getReader().read()
    return response.status
  }

  test('during a response makes room for the next one, and is not a failure in the log', async () => {
    const lines: string[] = []
    const log = { ...nullLog, warn: (line: string) => lines.push(line), error: (line: string) => lines.push(line) }
    let closed = 0
    const url = await start({ authenticate: () => Promise.resolve(viewer), observe: () => (closed += 1), log })
    for (let n = 1; n <= 3; n++) {
      const gone = new AbortController()
      expect(await readsOn(url, gone.signal)).toBe(200)
      expect((await callApi(url, 'get /api/all', {})).headers.get('retry-after')).toBe('10')
      gone.abort()
      await expect.poll(() => closed).toBe(2 * n)
    }
    expect(lines).toEqual([])
  })

  test('before it is authenticated keeps no place', async () => {
    const [arrival, closing] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
    const url = await start({
      authenticate: async () => {
        arrival.resolve(undefined)
        await closing.promise
        return viewer
      },
      observe: () => closing.resolve(undefined),
    })
    const [early, late] = [new AbortController(), new AbortController()]
    const response = readsOn(url, early.signal)
    await arrival.promise
    early.abort()
    await expect(response).rejects.toThrow()
    await closing.promise
    expect(await readsOn(url, late.signal)).toBe(200)
    late.abort()
  })
})

describe('the address of a client', () => {
  const ipOf = async (url: string) =>
    (await callApi<{ ip: string }>(url, 'get /api/who', { headers: { 'X-Forwarded-For': '9.9.9.9, 8.8.8.8' } })).body.ip

  test('is that of its connection, whatever its headers say, unless a proxy is trusted', async () => {
    expect(await ipOf(await start())).toMatch(/127\.0\.0\.1$/)
  })

  test('is the one that the trusted proxies added, and nothing before it', async () => {
    expect(await ipOf(await start({ trustProxy: 1 }))).toBe('8.8.8.8')
    expect(await ipOf(await start({ trustProxy: 2 }))).toBe('9.9.9.9')
  })
})

describe('a rate limit', () => {
  const asks = (url: string, n: number, ip: string) =>
    Promise.all(
      Array.from({ length: n }, async () => callApi(url, 'get /api/who', { headers: { 'X-Forwarded-For': ip } })),
    )

  test('applies to one address over ten seconds, and to no other', async () => {
    const url = await start({ throttle: requestThrottle(2), trustProxy: 1 })
    const responses = await asks(url, 25, '10.0.0.1')
    const refused = responses.filter(({ status }) => status !== 200)
    expect(refused.map(problemIn)).toEqual(Array.from({ length: 5 }, () => [429, 'too_many_requests']))
    const waits = refused.map(({ headers }) => Number(headers.get('retry-after')))
    expect(waits.every((seconds) => seconds >= 1 && seconds <= 10)).toBe(true)
    expect((await asks(url, 1, '10.0.0.2')).map(({ status }) => status)).toEqual([200])
  })

  test.each([
    ['an unknown path', 'get /api/guess', 404],
    ['an unsupported method', 'put /api/who', 405],
    ['the description of the API', 'get /openapi.json', 200],
    ['its documentation', 'get /docs/', 200],
  ])('counts %s as well', async (_, operation, usual) => {
    const seen: Array<readonly [string, number]> = []
    const url = await start({ throttle: requestThrottle(1), observe: (route, status) => seen.push([route, status]) })
    const statuses: number[] = []
    for (let n = 0; n < 11; n++) statuses.push((await callApi(url, operation, {})).status)
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => usual), 429])
    await expect.poll(() => seen.at(-1)).toEqual(['other', 429])
  })

  test('counts the addresses of one IPv6 network as one', async () => {
    const url = await start({ throttle: requestThrottle(1), trustProxy: 1 })
    await asks(url, 10, '2001:db8::1')
    expect((await asks(url, 1, '2001:db8::2')).map(problemIn)).toEqual([[429, 'too_many_requests']])
  })
})

test('metrics have the declared path of the route, whatever path was requested', async () => {
  const seen: string[] = []
  const url = await start({ observe: (route, status) => seen.push(`${route} ${status}`) })
  for (const operation of [
    'get /api/who?x=1',
    'get /api/WHO/',
    'put /api/who',
    'get /api/nothing',
    'get /docs/none.js',
  ])
    await callApi(url, operation, {})
  await expect
    .poll(() => seen.toSorted())
    .toEqual(['/api/who 200', '/api/who 200', '/api/who 405', 'other 404', 'other 404'])
})

describe('pages of other origins', () => {
  const origin = 'https://board.example.com'
  const preflight = async (url: string, from: string) => {
    const headers = { Origin: from, 'Access-Control-Request-Method': 'PUT' }
    return callApi(url, 'options /api/who', { headers })
  }
  const allowed = ({ headers }: { headers: Headers }) => headers.get('access-control-allow-origin')

  test('may call nothing unless they are configured: OPTIONS is a method like any other', async () => {
    const url = await start()
    const response = await preflight(url, origin)
    expect([problemIn(response), response.headers.get('allow'), allowed(response)]).toEqual([
      [405, 'method_not_allowed'],
      'HEAD, GET',
      null,
    ])
    expect(allowed(await callApi(url, 'get /api/who', { headers: { Origin: origin } }))).toBe(null)
  })

  test('may call it if they are configured, without cookies; others still may not', async () => {
    const url = await start({ corsOrigins: [origin] })
    const response = await preflight(url, origin)
    expect([response.status, allowed(response), response.headers.get('access-control-allow-credentials')]).toEqual([
      204,
      origin,
      null,
    ])
    expect(allowed(await preflight(url, 'https://evil.example'))).toBe(null)
    expect(allowed(await preflight(url, `${origin}.evil.example`))).toBe(null)
    const { headers } = await callApi(url, 'get /api/who', { headers: { Origin: origin } })
    expect([headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([origin, 'Origin'])
  })
})

describe('a response', () => {
  test('to HEAD has the headers of GET and no body', async () => {
    const { status, headers, body } = await callApi(await start(), 'head /api/who', {})
    expect([status, headers.get('content-type'), body]).toEqual([200, 'application/json; charset=utf-8', ''])
  })

  test('to HEAD comes immediately even if that to GET would take long', async () => {
    const url = await start({ authenticate: () => Promise.resolve(viewer) })
    const { status, headers, body } = await callApi(url, 'head /api/all', {})
    expect([status, headers.get('content-type'), body]).toEqual([200, 'text/csv; charset=utf-8', ''])
    await expect.poll(async () => (await callApi(url, 'head /api/all', {})).status).toBe(200)
  })

  test('is not cached, nor is an error', async () => {
    const url = await start()
    for (const operation of ['get /api/who', 'get /api/nothing', 'put /api/who', 'post /api/say']) {
      expect((await callApi(url, operation, {})).headers.get('cache-control')).toBe('no-store')
    }
  })

  test('without a database is 503 and says when to retry', async () => {
    const response = await callApi(await start(), 'get /api/ask', {})
    expect([problemIn(response), response.headers.get('retry-after')]).toEqual([[503, 'unavailable'], '5'])
  })

  test.each(['/openapi.json', '/docs/'])('of %s is read-only', async (path) => {
    const url = await start()
    const post = await callApi(url, `post ${path}`, {})
    expect([problemIn(post), post.headers.get('allow')]).toEqual([[405, 'method_not_allowed'], 'HEAD, GET'])
    expect((await callApi(url, `head ${path}`, {})).status).toBe(200)
  })

  test.each(['http://remo:99999/api/who?x=1', 'http://remo%/api/who', '//remo:99999/api/who'])(
    'to %s is not a failure of the backend',
    async (address) => {
      const socket = connect(Number(new URL(await start()).port), '127.0.0.1')
      socket.write(`GET ${address} HTTP/1.1\r\nHost: remo\r\nConnection: close\r\n\r\n`)
      let response = ''
      for await (const chunk of socket) response += String(chunk)
      expect(response).toMatch(/^HTTP\/1\.1 (200|400|404) /)
    },
  )

  test('to a path with dots stays inside', async () => {
    const { hostname, port } = new URL(await start())
    const path = '/docs/..%2f..%2fpackage.json'
    const status = await new Promise((resolve) => {
      rawRequest({ hostname, port, path }, (response) => resolve(response.resume().statusCode)).end()
    })
    expect([403, 404]).toContain(status)
  })
})
