import type { Alert } from '#shared/alert/alert.ts'
import type { HealthReport } from '#shared/ipc/contract.ts'
import type { LiveFrame } from '#shared/ipc/live.ts'
import type { Rule } from '#shared/rule/rule.ts'

/** An id that is a UUID and tells its number. */
export const anId = (n: number): string => `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`

export const anAlert = (change: Partial<Alert> = {}): Alert => ({
  id: anId(1),
  kind: 'value',
  ruleId: anId(100),
  ruleVersion: 1,
  nodeId: 'node-1',
  nodeName: 'Server-Alpha',
  metric: 'cpu_usage',
  severity: 'critical',
  phase: 'firing',
  condition: 'greater',
  threshold: 95,
  forSeconds: 120,
  since: 1_000_000,
  openedAt: 1_120_000,
  value: 97.2,
  provisional: false,
  ...change,
})

export const aRule = (change: Partial<Rule> = {}): Rule => ({
  id: anId(100),
  version: 1,
  scope: { kind: 'all' },
  metric: 'cpu_usage',
  condition: 'greater',
  warning: 85,
  critical: 95,
  clear: 75,
  forSeconds: 120,
  enabled: true,
  deleted: false,
  effectiveFrom: 0,
  updatedBy: 'anna',
  updatedAt: 0,
  ...change,
})

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
