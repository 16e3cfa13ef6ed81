import { withAcknowledgement } from './acknowledgement.ts'
import type { NodeAlert, NodeAlertEvent } from './alert.ts'
import type { Transition } from './transition.ts'
import { withWorstValue } from './worst-value.ts'

type Opened = Extract<Transition, { kind: 'opened' }>
type Resolved = Extract<Transition, { kind: 'resolved' }>

/**
 * The alert after a transition; `undefined` while there is none (pending). Applying a transition again changes nothing,
 * so redelivered records do no harm. Escalation and resolution remove the acknowledgement: it was given to a less
 * severe alert, or to an open one. A changed rule removes it only if it makes the alert worse.
 */
export function applyTransition(alert: NodeAlert | undefined, t: Transition): NodeAlert | undefined {
  if (t.kind === 'opened') return alert ?? opened(t)
  if (alert === undefined || alert.phase === 'resolved' || t.kind === 'pending') return alert
  if (t.kind === 'resolved') return resolved(alert, t)
  const isOtherRule = t.kind === 'rule-changed' && t.rule.id !== alert.ruleId
  const before = isOtherRule ? withoutRefires(alert) : alert
  const levels = { ...ruleOf(t), severity: t.severity, value: t.value, threshold: t.threshold }
  const changed = withWorstValue({ ...withFlapping(before, t), ...levels }, alert)
  // If the alert already has this severity, another evaluator escalated it first: the acknowledgement is for it.
  return isWorse(alert, t) ? withAcknowledgement(changed, undefined) : changed
}

/** Whether the transition makes the alert critical that was a warning. An alert that is flapping never becomes less. */
export function isWorse(alert: NodeAlert, t: Transition): boolean {
  if (t.kind !== 'escalated' && t.kind !== 'rule-changed' && t.kind !== 'flapping') return false
  return t.severity === 'critical' && alert.severity === 'warning'
}

/** What an episode that continues under another rule takes over from it. */
function ruleOf(t: Transition): Partial<NodeAlert> {
  if (t.kind !== 'rule-changed') return {}
  const { rule, condition, forSeconds } = t
  return { ruleId: rule.id, ruleVersion: rule.version, condition, forSeconds }
}

/** It is flapping until it settles or ends. What is another transition of it leaves that as it is. */
function withFlapping(alert: NodeAlert, { kind, at }: Transition): NodeAlert {
  if (kind === 'flapping') return { ...alert, flappingSince: alert.flappingSince ?? at }
  return kind === 'settled' ? withoutFlapping(alert) : alert
}

/** The alert as one that does not flap. */
export function withoutFlapping({ flappingSince: _, ...alert }: NodeAlert): NodeAlert {
  return alert
}

/** Re-fires count for one rule: an episode that continues under another one has none. */
function withoutRefires({ refires: _, ...alert }: NodeAlert): NodeAlert {
  return alert
}

/** The timeline line of this transition. */
export function timelineEvent(t: Transition): NodeAlertEvent {
  const severity = 'severity' in t ? { severity: t.severity } : {}
  const value = t.value === null ? {} : { value: t.value }
  const by = 'by' in t ? { by: t.by } : {}
  const edits = 'edits' in t ? { edits: [...t.edits] } : {}
  return { alertId: t.alertId, kind: t.kind, at: t.at, ...severity, ...value, ...by, ...edits, ...clearSinceOf(t) }
}

function opened(t: Opened): NodeAlert {
  return {
    id: t.alertId,
    kind: t.alertKind,
    ruleId: t.rule.id,
    ruleVersion: t.rule.version,
    nodeId: t.series.nodeId,
    nodeName: t.series.nodeName,
    metric: t.series.metric,
    severity: t.severity,
    phase: 'firing',
    condition: t.condition,
    threshold: t.threshold,
    forSeconds: t.forSeconds,
    since: t.since,
    openedAt: t.at,
    value: t.value,
    provisional: t.provisional ?? false,
    ...(t.refires === undefined ? {} : { refires: t.refires }),
  }
}

function clearSinceOf(t: Transition): Pick<NodeAlert, 'clearSince'> {
  return t.kind === 'resolved' && t.clearSince !== undefined ? { clearSince: t.clearSince } : {}
}

/**
 * A late record may clear an alert at an event time before its opening. Then the alert lasted for no time, not for a
 * negative one.
 */
function resolved(alert: NodeAlert, t: Resolved): NodeAlert {
  const resolvedAt = Math.max(t.at, alert.openedAt)
  const value = t.value === null ? {} : { resolvedValue: t.value }
  const ended = { phase: 'resolved', resolvedAt, resolveReason: t.reason, ...value, ...clearSinceOf(t) } as const
  return { ...withoutFlapping(withAcknowledgement(alert, undefined)), ...ended, ...clearedUnder(alert, t) }
}

/** An alert of the backend can have another version than the one under which this console has seen its values clear. */
function clearedUnder(
  { kind }: NodeAlert,
  { reason, rule }: Resolved,
): Partial<Pick<NodeAlert, 'ruleId' | 'ruleVersion'>> {
  return kind === 'value' && reason === 'cleared' ? { ruleId: rule.id, ruleVersion: rule.version } : {}
}
