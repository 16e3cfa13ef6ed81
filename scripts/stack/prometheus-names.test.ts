/** Every name in `prometheus/` exists: a rule or panel on an unknown name would never show anything. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { IngestCounters } from '../../src-backend/ingest/ingest-counters.ts'
import { createJobs, type JobsDeps } from '../../src-backend/jobs/jobs.ts'
import { createMetricsServer, type MetricsServerDeps } from '../../src-backend/observe/metrics-server.ts'
import { createSecondChannel, type SecondChannelDeps } from '../../src-backend/second-channel/second-channel.ts'
import { webhookTarget } from '../../src-backend/second-channel/target.ts'
import { noDirectory } from '#shared/ipc/live-table.ts'
import { families } from '../../src-main/main/prometheus/metric-families.ts'

const folder = join(import.meta.dirname, '..', '..', 'prometheus')

test('the console or the backend exposes every metric of the rules and the dashboard', async () => {
  const exposed = new Set([...consoleMetricNames(), ...(await backendMetricNames())])
  const named = ['rules.yml', 'grafana/remo.json'].flatMap((file) =>
    metricNamesIn(readFileSync(join(folder, file), 'utf8')),
  )
  expect(named.filter((name) => !exposed.has(name))).toEqual([])
  expect(named.length).toBeGreaterThan(20)
})

test('every alert has a test', () => {
  const names = (file: string, pattern: RegExp) =>
    new Set([...readFileSync(join(folder, file), 'utf8').matchAll(pattern)].map(([, name]) => name))
  expect(names('rules.test.yml', /alertname: (\w+)/g)).toEqual(names('rules.yml', /- alert: (\w+)/g))
})

test('the runbook_url of every alert is a section of the page, and every section is that of an alert', () => {
  const page = readFileSync(join(folder, '..', 'docs', 'runbooks.md'), 'utf8')
  const rules = readFileSync(join(folder, 'rules.yml'), 'utf8')
  const sections = [...page.matchAll(/^## (\w+)$/gm)].map(([, name = '']) => name)
  const alerts = rules.split(/- alert: /).slice(1)
  const linked = alerts.map((text) => [/^\w+/.exec(text)?.[0], /runbook_url: (\S+)$/m.exec(text)?.[1]])
  expect(linked).toEqual(sections.map((name) => [name, `docs/runbooks.md#${name.toLowerCase()}`]))
})

/** Names with a colon belong to recording rules. The series of a histogram count as the histogram. */
function metricNamesIn(text: string): string[] {
  const names = text.match(/(?<![\w:])remo_\w+(?![\w:])/g) ?? []
  return names.map((name) => name.replace(/(?<=_seconds)_(bucket|count|sum)$/, ''))
}

function consoleMetricNames(): string[] {
  const nothing = {
    messagesByTopic: {},
    errorsByTopic: {},
    partitions: [],
    deferredByTopic: {},
    connected: false,
    health: 'empty' as const,
    isReadToEnd: false,
    transitions: [],
    evaluation: { bounds: [], counts: [], sum: 0, count: 0 },
    cacheRows: 0,
    cacheBytes: 0,
  }
  const none = new Float64Array()
  const frame = { seq: 1, blocks: new Uint32Array(), at: none, intervals: none, values: none }
  const all = families({
    now: 0,
    build: { version: '', revision: '', electron: '', chromium: '', node: '' },
    data: nothing,
    live: { directory: noDirectory, frame },
    openAlerts: [],
    isSilenced: () => false,
    notifications: [],
    sounds: [],
    doNotDisturb: { isOn: false, counts: { critical: 0, warning: 0, blind: 0 } },
    backend: undefined,
    hasNodeSeries: true,
    hasAllMetrics: true,
  })
  return all.map(({ name }) => name)
}

async function backendMetricNames(): Promise<string[]> {
  const noDatabase = () => Promise.reject(new Error('no database here'))
  const target = webhookTarget('https://hooks.example.com/', { format: 'json', secret: undefined })
  const channel = createSecondChannel({ target } as SecondChannelDeps)
  const observe = createMetricsServer({
    pool: { query: noDatabase, totalCount: 0, idleCount: 0, waitingCount: 0 } as unknown as MetricsServerDeps['pool'],
    build: { version: '', revision: '' },
    ingest: { counters: new IngestCounters({ connected: () => true, lags: () => [], leftOut: () => 0 }) },
    jobs: { metrics: createJobs({} as JobsDeps).metrics },
    relay: { lag: noDatabase, status: () => ({ ok: true }) },
    secondChannel: channel,
    connectedConsoles: noDatabase,
  })
  const server = await observe.listen(0)
  const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text()
  await server.close(1_000)
  return [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? '')
}
