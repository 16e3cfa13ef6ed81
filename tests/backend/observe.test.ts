import { Counter } from 'prom-client'
import type { BatchTally } from '#shared/metric/sources/batch-tally.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { IngestCounters } from '../../src-backend/ingest/ingest-counters.ts'
import type { HttpServer } from '../../src-backend/http/server.ts'
import { createMetricsServer, type MetricsServer } from '../../src-backend/observe/metrics-server.ts'
import { connectedConsoles } from '../../src-backend/consoles/service.ts'
import { channelTo } from './second-channel-steps.ts'
import { type TestDatabase, testDatabase } from '../support/test-database.ts'

let database: TestDatabase
let server: HttpServer
let observe: MetricsServer
const leftOut = new Counter({ name: 'remo_rollup_left_out_total', help: 'Left out', registers: [] })
let waiting: Promise<number> = Promise.resolve(3)
const counters = new IngestCounters({
  connected: () => true,
  lags: () => Array.from({ length: 600 }, (_, partition) => ({ topic: 'metrics-fleet', partition, lag: 1 })),
  leftOut: () => 2,
})
beforeAll(async () => {
  database = await testDatabase()
  await database.pool.query(
    `insert into job (name, started_at, finished_at, problem) values ('retention', to_timestamp(10), to_timestamp(12), null)
     on conflict (name) do update set finished_at = excluded.finished_at, problem = null`,
  )
  const relay = { lag: () => waiting, status: () => ({ ok: false }) }
  observe = createMetricsServer({
    pool: database.pool,
    build: { version: '1.2.3', revision: '37a478c' },
    ingest: { counters },
    jobs: { metrics: [leftOut] },
    relay,
    secondChannel: channelTo({ pool: database.pool, url: 'http://127.0.0.1:1/' }),
    connectedConsoles: () => connectedConsoles(database.pool),
  })
  server = await observe.listen(0)
})
afterAll(async () => {
  await server.close(1_000)
  await database.end()
})

async function scrape(): Promise<string[]> {
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return (await response.text()).split('\n')
}

test('the metrics of all components of a replica can be scraped', async () => {
  counters.messages('metrics-n', 5)
  counters.rejected('not-json')
  counters.transaction('committed', 0.02)
  observe.request('/api/nodes', 200, 0.003)
  expect(await scrape()).toEqual(
    expect.arrayContaining([
      'remo_build_info{version="1.2.3",revision="37a478c"} 1',
      'remo_ingest_messages_total{topic="metrics-n"} 5',
      'remo_ingest_rejected_total{reason="not-json"} 1',
      'remo_ingest_transaction_seconds_count{outcome="committed"} 1',
      'remo_ingest_lag_messages{topic="metrics-fleet",partition="0"} 1',
      'remo_ingest_lag_messages{topic="other",partition="other"} 100',
      'remo_kafka_connected 1',
      'remo_ingest_left_out_nodes 2',
      'remo_consoles_connected 0',
      'remo_second_channel_ok 1',
      'remo_second_channel_waiting_alerts 0',
      'remo_second_channel_attempts_total{outcome="delivered"} 0',
      'remo_http_request_seconds_count{route="/api/nodes",status="200"} 1',
      'remo_outbox_waiting 3',
      'remo_outbox_ok 0',
      'remo_job_ok{name="retention"} 1',
      'remo_rollup_left_out_total 0',
      'remo_job_finished_timestamp_seconds{name="retention"} 12',
    ]),
  )
})

test('what records are, by their format, and what is left out, can be scraped', async () => {
  const tally: BatchTally = {
    topic: 'telegraf',
    partition: 0,
    records: 12,
    formats: new Map([
      ['telegraf-json', 7],
      ['mapping', 2],
    ]),
    passed: new Map([['not-metrics', 3]]),
    details: new Map(),
    examples: new Map(),
    bounds: [{ bound: 'series-of-node', left: 40, nodeId: 'web-1', tag: 'pod' }],
    spread: new Set(),
  }
  counters.tally(tally)
  counters.tally({ ...tally, records: 1, formats: new Map([['mapping', 1]]), passed: new Map(), bounds: [] })
  counters.rejected('bad-metric')
  counters.samples(90)
  counters.duplicates(4)
  counters.outsideRetention(5)
  counters.gap()
  expect(await scrape()).toEqual(
    expect.arrayContaining([
      'remo_ingest_messages_total{topic="telegraf"} 13',
      'remo_ingest_records_total{format="telegraf-json"} 7',
      'remo_ingest_records_total{format="mapping"} 3',
      'remo_ingest_passed_over_total{reason="not-metrics"} 3',
      'remo_ingest_left_out_series_total{bound="series-of-node"} 40',
      'remo_ingest_rejected_total{reason="bad-metric"} 1',
      'remo_ingest_samples_total 90',
      'remo_ingest_duplicates_total 4',
      'remo_ingest_not_kept_total 5',
      'remo_ingest_gaps_total 1',
    ]),
  )
})

test('only counters end in _total, and every metric has a type and a text, as promtool requires', async () => {
  const lines = await scrape()
  const typed = lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' ').slice(2))
  expect(typed.length).toBeGreaterThan(30)
  expect(typed.filter(([name = '', type]) => name.endsWith('_total') !== (type === 'counter'))).toEqual([])
  expect(lines.filter((line) => line.startsWith('# HELP ')).length).toBe(typed.length)
})

test('a thousand topics make two hundred series', async () => {
  for (let n = 0; n < 1000; n++) counters.messages(`metrics-${n}`, 1)
  const lines = (await scrape()).filter((line) => line.startsWith('remo_ingest_messages_total{'))
  expect(lines).toHaveLength(201)
})

test('a database that does not answer costs its own metrics only', async () => {
  waiting = new Promise(() => undefined)
  expect(await scrape()).toEqual(expect.arrayContaining(['remo_outbox_waiting Nan', 'remo_kafka_connected 1']))
})

test('this port serves nothing else', async () => {
  const other = await fetch(`http://127.0.0.1:${server.port}/`)
  const posted = await fetch(`http://127.0.0.1:${server.port}/metrics`, { method: 'POST' })
  expect([other.status, posted.status, posted.headers.get('allow')]).toEqual([404, 405, 'GET, HEAD'])
})
