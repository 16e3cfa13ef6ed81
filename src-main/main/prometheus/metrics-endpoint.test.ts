import { request } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Health } from '#shared/health/health.ts'
import { serveMetrics } from './metrics-endpoint.ts'
import type { EndpointFacts, MetricsEndpoint } from './metrics-endpoint.ts'
import { toExposition } from './exposition.ts'
import type { MetricFamily } from './metric-families.ts'

const messages: MetricFamily = {
  name: 'remo_kafka_messages_total',
  help: 'Records read.',
  type: 'counter',
  values: [{ value: 7, labels: { topic: 'a"b\\c' } }],
}
let endpoint: MetricsEndpoint
let scrape: (accept: string) => ReturnType<typeof toExposition>
let health: Health
const facts: EndpointFacts = {
  scrape: (accept) => scrape(accept),
  health: () => health,
  versions: { version: '0.2.0', revision: '37a478c' },
  onError: () => undefined,
}
beforeEach(async () => {
  scrape = (accept) => toExposition([messages], accept)
  health = { kind: 'live', behindMs: 0 }
  endpoint = await serveMetrics(0, facts)
})
afterEach(() => endpoint.stop())

interface Answer {
  readonly status: number | undefined
  readonly type: string | undefined
  readonly allow: string | undefined
  readonly body: string
}
function ask(over: { method?: string; path?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', path = '/metrics', headers = {} } = over
    const sent = request({ host: '127.0.0.1', port: endpoint.port, method, path, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () => {
        const { 'content-type': type, allow } = response.headers
        resolve({ status: response.statusCode, type, allow, body })
      })
    })
    sent.on('error', reject).end()
  })
}

test('a scraper gets the text format with its content type', async () => {
  const expected = ['# HELP remo_kafka_messages_total Records read.', '# TYPE remo_kafka_messages_total counter']
  expect(await ask()).toEqual({
    status: 200,
    type: 'text/plain; version=0.0.4; charset=utf-8',
    allow: undefined,
    body: `${[...expected, 'remo_kafka_messages_total{topic="a\\"b\\\\c"} 7'].join('\n')}\n`,
  })
})

test('a scraper that accepts OpenMetrics gets it, and the next one without gets text', async () => {
  const open = await ask({ headers: { accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5' } })
  expect([open.type, open.body]).toEqual([
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
    '# HELP remo_kafka_messages Records read.\n# TYPE remo_kafka_messages counter\nremo_kafka_messages_total{topic="a\\"b\\\\c"} 7\n# EOF\n',
  ])
  expect((await ask()).body).toContain('# TYPE remo_kafka_messages_total counter')
})

test('only GET is answered', async () => {
  expect([await ask({ method: 'POST' }), await ask({ method: 'OPTIONS' })]).toMatchObject([
    { status: 405, allow: 'GET' },
    { status: 405, allow: 'GET' },
  ])
})

test('a Host header that does not name this computer is refused', async () => {
  const status = async (host: string): Promise<number | undefined> => (await ask({ headers: { host } })).status
  const port = endpoint.port
  expect([
    await status(`localhost:${port}`),
    await status('evil.example'),
    await status(`evil.example:${port}`),
    await status('127.0.0.1'),
    await status(`127.0.0.1:${port}.evil.example`),
  ]).toEqual([200, 403, 403, 403, 403])
})

test('any other path points to the metrics', async () => {
  expect(await ask({ path: '/' })).toMatchObject({ status: 404, body: 'Metrics are at /metrics.\n' })
})

test('a failed scrape is a 503, not a crash', async () => {
  scrape = () => Promise.reject(new Error('data thread is down'))
  expect(await ask()).toMatchObject({ status: 503, body: 'Metrics are temporarily unavailable.\n' })
})

test('a port in use rejects with its error code', async () => {
  const second = serveMetrics(endpoint.port, facts)
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

const json = 'application/json; charset=utf-8'

test('/version and /healthz say the version and its Git commit, whatever the state of monitoring', async () => {
  health = { kind: 'blind', since: 0, cause: 'disconnected', detail: 'Kafka does not answer.' }
  const answers = [await ask({ path: '/version' }), await ask({ path: '/healthz' })]
  expect(answers.map(({ status, type }) => [status, type])).toEqual([
    [200, json],
    [200, json],
  ])
  expect(answers.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { version: '0.2.0', revision: '37a478c' },
    { status: 'healthy', monitoring: 'blind', version: '0.2.0', revision: '37a478c' },
  ])
})

const states: ReadonlyArray<readonly [Health, number, string | undefined]> = [
  [{ kind: 'live', behindMs: 40 }, 200, undefined],
  [{ kind: 'blind', since: 0, cause: 'disconnected', detail: 'Kafka does not answer.' }, 503, 'Kafka does not answer.'],
  [
    { kind: 'catching-up', lagMessages: 1200, behindMs: 60_000 },
    503,
    'Catching up: 1,200 messages left to read. Values are 1 m old.',
  ],
  [{ kind: 'empty', pattern: '^m-' }, 503, 'Connected, but no metrics yet on topics that match ^m-.'],
]
for (const [state, status, reason] of states) {
  test(`/readyz answers ${status} while monitoring is ${state.kind}`, async () => {
    health = state
    const answer = await ask({ path: '/readyz' })
    expect([answer.status, answer.type]).toEqual([status, json])
    expect(JSON.parse(answer.body)).toEqual(
      reason === undefined
        ? { status: 'ready', monitoring: state.kind }
        : { status: 'unavailable', monitoring: state.kind, reason },
    )
  })
}

test('no other site can read health or version either', async () => {
  const headers = { host: 'evil.example' }
  for (const path of ['/healthz', '/readyz', '/version']) expect((await ask({ path, headers })).status).toBe(403)
})
