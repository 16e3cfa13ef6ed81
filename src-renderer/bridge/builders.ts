import type { HealthReport } from '#shared/ipc/contract.ts'
import type { LiveFrame } from '#shared/ipc/live.ts'

export const aReport = (change: Partial<HealthReport> = {}): HealthReport => ({
  health: { kind: 'live', behindMs: 400 },
  messagesPerSecond: 0.8,
  metricsLastMinute: 192,
  lagMessages: 0,
  lastSampleAt: 1_000_000,
  topics: 4,
  partitions: 4,
  rejected: 0,
  gaps: 0,
  cacheBytes: 0,
  cacheSamples: 0,
  notices: [],
  ...change,
})

/** A frame of rows `[node, at, ...values]`; 5 s between samples. */
export function aFrame(seq: number, rows: ReadonlyArray<readonly [number, number, ...number[]]>): LiveFrame {
  const width = Math.max(0, ...rows.map((row) => row.length - 2))
  return {
    seq,
    width,
    nodes: Uint32Array.from(rows, ([node]) => node),
    at: Float64Array.from(rows, ([, at]) => at),
    intervals: Float64Array.from(rows, () => 5000),
    values: Float64Array.from(rows.flatMap(([, , ...values]) => values)),
  }
}

export const aDirectory = (nodes: number, metrics = ['cpu_usage', 'memory_usage']) => ({
  nodes: Array.from({ length: nodes }, (_, i) => ({ id: `node-${i + 1}`, name: `Server-${i + 1}` })),
  metrics,
  units: metrics.map(() => ''),
})
