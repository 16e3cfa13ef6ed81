import { aRule, anId } from '../rule/rule-builders.ts'
import { type NodeAlert, type OwnAlert, ownRuleIds } from './alert.ts'
import type { PendingAlert } from './pending.ts'

/** A critical alert of `aRule()` that has fired for two minutes. Test builder, for every program. */
export const anAlert = (change: Partial<NodeAlert> = {}): NodeAlert => ({
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

/** No silence matches. Test builder. */
export const noneSilenced = (): boolean => false

/** An episode of `aRule()` that began one second ago and becomes critical in about two minutes. Test builder. */
export const aPendingAlert = (change: Partial<PendingAlert> = {}): PendingAlert => ({
  alertId: anId(2),
  ruleId: aRule().id,
  nodeId: 'node-1',
  nodeName: 'Server-Alpha',
  metric: 'cpu_usage',
  condition: 'greater',
  severity: 'critical',
  threshold: 95,
  since: 1_000_000,
  firesAt: 1_120_000,
  value: 97.9,
  at: 1_001_000,
  receivedAt: 1_001_000,
  ...change,
})

/** The console has read 42 s behind Kafka for two minutes: a warning. Test builder. */
export const anOwnAlert = (change: Partial<OwnAlert> = {}): OwnAlert => {
  const { kind = 'lag' } = change
  return {
    id: anId(3),
    kind,
    ruleId: ownRuleIds[kind],
    ruleVersion: 1,
    nodeId: '',
    nodeName: '',
    metric: '',
    severity: 'warning',
    phase: 'firing',
    condition: 'greater',
    threshold: 30,
    forSeconds: 60,
    since: 1_000_000,
    openedAt: 1_060_000,
    value: 42,
    provisional: false,
    ...change,
  }
}
