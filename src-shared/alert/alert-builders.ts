import { aRule, anId } from '../rule/rule-builders.ts'
import type { Alert } from './alert.ts'

/** A critical alert of `aRule()` that has fired for two minutes. Test builder, for every program. */
export const anAlert = (change: Partial<Alert> = {}): Alert => ({
  id: anId(1),
  kind: 'value',
  ruleId: aRule().id,
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
