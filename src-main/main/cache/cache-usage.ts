import type { CacheUsage } from '#shared/ipc/app-views.ts'
import { forecastFull } from '#shared/retention/retention.ts'
import type { DataThreadUsage, StoredUsage } from '../../threads/cache-usage.ts'

/** What no thread knows. */
export interface UsageFacts {
  /** Epoch ms. */
  readonly now: number
  /** Bytes of the log files. */
  readonly logs: number
  /** Free bytes of the disk; `undefined` if the system does not say. */
  readonly diskFree: number | undefined
  /** First day of event time in the zone of the app: `2026-11-24`. */
  readonly dayOf: (at: number) => string
}

/** The usage of the cache as the page shows it. Samples are what is neither journal nor history: their index, too. */
export function cacheUsageOf(data: DataThreadUsage, stored: StoredUsage, facts: UsageFacts): CacheUsage {
  const { now, logs, diskFree, dayOf } = facts
  const journal = Math.min(data.journal, data.data)
  const history = Math.min(stored.history, data.data - journal)
  const oldest = olderOf(stored.oldest, data.oldestInHeads)
  const { fullAt, firstToGo } = forecastFull({
    now,
    retention: data.limits,
    data: data.data,
    days: stored.days,
    oldest,
  })
  return {
    samples: data.data - journal - history,
    journal,
    free: data.free,
    wal: data.wal,
    history,
    logs,
    total: data.onDisk,
    limit: data.limits.bytes,
    ...(diskFree === undefined ? {} : { diskFree }),
    nodes: data.nodes,
    series: data.series,
    values: data.values,
    alerts: stored.alerts,
    oldest,
    days: stored.days.map(({ at, bytes }) => ({ day: dayOf(at), bytes })),
    largest: data.largest.map((node) => ({ ...node })),
    fullAt,
    firstToGo,
    compactedAt: data.compactedAt,
  }
}

function olderOf(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}
