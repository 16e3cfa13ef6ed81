import type { MetricRule, OfflineRule } from './rule.ts'

// Test builders, for every program: valid objects, with the changes that a test needs.

/** A UUID that contains this number. */
export const anId = (n: number): string => `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`

/** The first version of a rule for the CPU usage of all nodes. */
export const aRule = (change: Partial<MetricRule> = {}): MetricRule => ({
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

/** The first version of a rule for all nodes that are offline. */
export const anOfflineRule = (change: Partial<OfflineRule> = {}): OfflineRule => ({
  id: anId(102),
  version: 1,
  kind: 'offline',
  scope: { kind: 'all' },
  seconds: 60,
  severity: 'critical',
  enabled: true,
  deleted: false,
  effectiveFrom: 0,
  updatedBy: 'anna',
  updatedAt: 0,
  ...change,
})
