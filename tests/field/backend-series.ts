import { expect } from 'vitest'
import { startBackendProcess } from '../support/backend-process.ts'
import type { Series } from '../support/stored-series.ts'
import { testDatabase } from '../support/test-database.ts'

export interface BackendRun {
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
export function until({ at, values }: Series, to: number): Series {
  const isWithin = (time: number | undefined): boolean => time !== undefined && time > to - windowMs && time <= to
  return { at: at.filter(isWithin), values: values.filter((_, i) => isWithin(at[i])) }
}

/** What a real backend has stored of a topic that it has read from its beginning: the newest minute up to `to`. */
export async function backendSeries(run: BackendRun): Promise<Map<string, Series>> {
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
