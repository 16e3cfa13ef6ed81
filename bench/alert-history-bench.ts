import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import type { HistoryFilter } from '#shared/history/history.ts'
import { historyReadHandlers } from '../src-main/read/history/history-read-handlers.ts'
import { emptyBatch } from '../src-main/store/batch-write.ts'
import { ConsoleStore } from '../src-main/store/console-store.ts'
import { ReadStore } from '../src-main/store/read-store.ts'
import { metrics, nodeIdOf } from './bench-records.ts'
import { quantile, singleMeasurement, type BenchResult } from './measure.ts'

export interface AlertHistoryBench {
  readonly alerts: number
  /** Queries of each filter. */
  readonly queries: number
  readonly dir: string
  readonly say: (step: string) => void
}

const pageEntries = 100
const spanMs = 14 * 24 * 3600_000
const nodes = 1_000
/** What 99 of 100 pages may take, ms. */
const pageLimit = 50
/** What a chart may wait for figures, ms: one slice of them. */
const waitLimit = 50

/** Pages of the history of alerts with any filter, figures of all of them, and how long a chart waits for those. */
export async function alertHistoryBench({ alerts, queries, dir, say }: AlertHistoryBench): Promise<BenchResult[]> {
  const dataDir = mkdtempSync(join(dir, 'alert-history-'))
  const from = Math.floor(Date.now() / 1000) * 1000 - spanMs
  const { store } = ConsoleStore.open(dataDir, from)
  try {
    const began = performance.now()
    fill(store, alerts, from)
    say(`alert history: stored ${alerts} alerts in ${Math.round(performance.now() - began)} ms`)
    const read = ReadStore.open(dataDir)
    const times = pageTimes(read, filtersOf(from), queries)
    const { total, longest } = await summaryTimes(read, { from, to: from + spanMs })
    read.close()
    return [...pageResults(times, alerts), ...summaryResults({ total, longest }, alerts)]
  } finally {
    store.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Each kind of filter; some match few alerts or none, so that all are looked at. */
function filtersOf(from: number): HistoryFilter[] {
  const all = { from, to: from + spanMs }
  return [
    all,
    { ...all, nodeId: nodeIdOf(17) },
    { ...all, metric: metrics[1] },
    { ...all, metric: 'unknown' },
    { ...all, severity: 'critical', outcome: 'unacknowledged' },
    { ...all, outcome: 'firing' },
    { ...all, outcome: 'silenced', metric: metrics[0] },
    { ...all, outcome: 'flapped', nodeId: nodeIdOf(3) },
    { ...all, text: 'batch job' },
    { ...all, text: nodeIdOf(123) },
    { ...all, text: 'in no alert' },
    { ...all, text: 'cpu', outcome: 'silenced', severity: 'critical' },
  ]
}

/** Milliseconds of the first page of each filter and of a page at a random place. */
function pageTimes(read: ReadStore, filters: readonly HistoryFilter[], queries: number): number[] {
  const times: number[] = []
  for (let n = 0; n < queries; n++) {
    for (const filter of filters) {
      const span = filter.to - filter.from
      const after = n % 2 === 0 ? undefined : { at: filter.from + Math.random() * span, id: randomUUID() }
      const began = performance.now()
      read.history.page({ filter, after, limit: pageEntries })
      times.push(performance.now() - began)
    }
  }
  return times
}

/** A summary of all alerts, and the longest time in which the thread did nothing else. */
async function summaryTimes(read: ReadStore, filter: HistoryFilter): Promise<{ total: number; longest: number }> {
  const handlers = historyReadHandlers({ opened: () => read, open: () => read })
  const began = performance.now()
  let isDone = false
  const summary = Promise.resolve(handlers['history.summary']({ filter, bars: 48, older: [], now: filter.to })).finally(
    () => (isDone = true),
  )
  let longest = 0
  for (let last = performance.now(); !isDone;) {
    await nextTurn()
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }
  const { figures } = await summary
  if (figures.fired === 0) throw new Error('the summary has no alert')
  return { total: performance.now() - began, longest }
}

function pageResults(times: readonly number[], alerts: number): BenchResult[] {
  const worst = Math.max(...times).toFixed(1)
  const median = quantile(times, 0.5).toFixed(2)
  return [
    singleMeasurement({
      name: `page of ${pageEntries} of ${alerts} alerts, any filter: p99 of ${times.length}, median ${median}, worst ${worst} ms`,
      unit: 'ms',
      limitName: 'what it may take',
      ours: quantile(times, 0.99),
      limit: pageLimit,
      target: { atMost: 1 },
    }),
  ]
}

function summaryResults({ total, longest }: { total: number; longest: number }, alerts: number): BenchResult[] {
  return [
    singleMeasurement({
      name: `figures of ${alerts} alerts`,
      unit: 'ms',
      limitName: 'what it may take',
      ours: total,
      limit: 1_000,
      target: { atMost: 1 },
    }),
    singleMeasurement({
      name: 'longest wait of a chart for these figures',
      unit: 'ms',
      limitName: 'what it may take',
      ours: longest,
      limit: waitLimit,
      target: { atMost: 1 },
    }),
  ]
}

/** Alerts of all nodes and metrics, evenly over two weeks; a tenth with comments. */
function fill(store: ConsoleStore, count: number, from: number): void {
  const rules = metrics.map(() => randomUUID())
  for (let first = 0; first < count; first += 1_000) {
    const size = Math.min(1_000, count - first)
    const made = Array.from({ length: size }, (_, i) => anAlert(first + i, { from, count, rules }))
    store.commitBatch({
      ...emptyBatch,
      alerts: made.map(({ alert }) => alert),
      events: made.flatMap(({ events }) => events),
    })
  }
}

interface Fleet {
  readonly from: number
  readonly count: number
  readonly rules: readonly string[]
}

function anAlert(n: number, { from, count, rules }: Fleet): { alert: Alert; events: AlertEvent[] } {
  const series = (n * 7_919) % (nodes * metrics.length)
  const openedAt = from + Math.floor((n * spanMs) / count)
  const id = randomUUID()
  const isOpen = n > count - 50
  const alert: Alert = {
    id,
    kind: 'value',
    ruleId: rules[series % metrics.length] ?? id,
    ruleVersion: 1,
    nodeId: nodeIdOf(Math.floor(series / metrics.length)),
    nodeName: `Server ${Math.floor(series / metrics.length)}`,
    metric: metrics[series % metrics.length] ?? 'cpu_usage',
    severity: n % 3 === 0 ? 'critical' : 'warning',
    phase: isOpen ? 'firing' : 'resolved',
    condition: 'greater',
    threshold: 95,
    forSeconds: 120,
    since: openedAt - 120_000,
    openedAt,
    value: 97.2,
    ...(isOpen ? {} : { resolvedAt: openedAt + 600_000, resolvedValue: 71, resolveReason: 'cleared' as const }),
    provisional: false,
  }
  const events: AlertEvent[] = [{ alertId: id, kind: 'opened', at: openedAt, severity: alert.severity, value: 97.2 }]
  if (n % 4 === 0) events.push({ alertId: id, kind: 'acknowledged', at: openedAt + 60_000, by: 'anna' })
  if (n % 10 === 0) {
    events.push({ alertId: id, kind: 'commented', at: openedAt + 90_000, by: 'ben', comment: 'moved the batch job' })
  }
  if (n % 500 === 0) events.push({ alertId: id, kind: 'silenced', at: openedAt, by: 'carla' })
  if (n % 97 === 0) events.push({ alertId: id, kind: 'flapping', at: openedAt + 30_000 })
  if (!isOpen) events.push({ alertId: id, kind: 'resolved', at: openedAt + 600_000, value: 71 })
  return { alert, events }
}
