import { expect } from 'vitest'
import { startBackendProcess } from '../support/backend-process.ts'
import { besideComputer, type ConsoleRun } from '../support/beside-computer.ts'
import type { EngineFixture } from '../integration/engine-fixture.ts'
import type { Series } from '../support/stored-series.ts'
import { testDatabase } from '../support/test-database.ts'
import { besideLoad } from './beside-load.ts'

interface BackendRun {
  readonly bootstrap: string
  readonly topic: string
  readonly host: string
  readonly metrics: readonly string[]
  /** Epoch ms. */
  readonly to: number
}

interface Range {
  readonly series: ReadonlyArray<{ readonly metric: string; readonly t: number[]; readonly last: number[] }>
}

/** Reading a minute of records takes seconds, while a core is busy. */
const patience = { timeout: 60_000, interval: 200 }
const windowMs = 60_000

/** The newest minute of a series up to a time, epoch ms. */
function until({ at, values }: Series, to: number): Series {
  const isWithin = (time: number | undefined): boolean => time !== undefined && time > to - windowMs && time <= to
  return { at: at.filter(isWithin), values: values.filter((_, i) => isWithin(at[i])) }
}

/** A console and a backend read the topic from its beginning, and store the same values to the bit. */
export async function expectSameInBackend(
  engine: EngineFixture,
  run: Pick<ConsoleRun, 'program' | 'topic' | 'host' | 'metrics'>,
): Promise<void> {
  const { topic, host, metrics } = run
  const view = await besideComputer(engine, { ...run, ...besideLoad, name: 'beside-backend', awaited: metrics })
  const to = Math.min(...metrics.map((metric) => view.stored(metric).at.at(-1) ?? 0))
  const ofBackend = await backendSeries({ bootstrap: engine.kafka.bootstrap, topic, host, metrics, to })
  for (const metric of metrics) {
    expect(view.series(metric).at.length, metric).toBeGreaterThan(3)
    expect(ofBackend.get(metric), metric).toEqual(until(view.stored(metric), to))
  }
}

/** What a real backend has stored of a topic that it has read from its beginning: the newest minute up to `to`. */
async function backendSeries(run: BackendRun): Promise<Map<string, Series>> {
  const { bootstrap, topic, host, metrics, to } = run
  const database = await testDatabase()
  const env = { REMO_DEMO: 'true', KAFKA_TOPIC_PATTERN: `^${topic}$` }
  const backend = await startBackendProcess({ databaseUrl: database.url, bootstrap, env })
  try {
    await backend.untilReady()
    const body = new URLSearchParams({ username: 'admin', password: 'admin123' })
    const login = await backend.fetch('/api/auth/login', { method: 'POST', body })
    const { access_token } = (await login.json()) as { access_token: string }
    const query = new URLSearchParams({
      node_id: host,
      metrics: metrics.join(','),
      from: new Date(to - windowMs).toISOString(),
      to: new Date(to + 1_000).toISOString(),
      points: '5000',
    })
    let range: Range = { series: [] }
    await expect
      .poll(async () => {
        const response = await backend.fetch(`/api/metrics/range?${query}`, {
          headers: { Authorization: `Bearer ${access_token}` },
        })
        range = (await response.json()) as Range
        return range.series.map(({ t }) => (t.at(-1) ?? 0) >= to)
      }, patience)
      .toEqual(metrics.map(() => true))
    return new Map(range.series.map(({ metric, t, last }) => [metric, until({ at: t, values: last }, to)]))
  } finally {
    await backend.stop()
    await database.end()
  }
}
