import { z } from 'zod'
import { RuleEdit } from '../rule/rule-edits.ts'
import { Condition, Severity } from '../rule/rule.ts'
import { AlertSeverity } from './severity.ts'

export const AlertId = z.uuid()
/** `no-data`: a metric is missing while its node goes on. `offline`: the node sends nothing; its metric is `wholeNode`. */
export const NodeAlertKind = z.enum(['value', 'no-data', 'offline'])
export type NodeAlertKind = z.infer<typeof NodeAlertKind>

/**
 * What a console reports about its own monitoring: it reads behind Kafka, it rejects records, it is blind, or its backend
 * is unreachable. Such an alert never leaves the console.
 */
export const OwnAlertKind = z.enum(['lag', 'rejects', 'blind', 'backend'])
export type OwnAlertKind = z.infer<typeof OwnAlertKind>

export const AlertKind = z.enum([...NodeAlertKind.options, ...OwnAlertKind.options])
export type AlertKind = z.infer<typeof AlertKind>

/**
 * A person's responsibility for an alert. `until`: epoch ms; without it, until the alert resolves. Removed when the
 * alert resolves or escalates.
 */
export const Acknowledgement = z.strictObject({
  by: z.string().min(1).max(128),
  at: z.number(),
  comment: z.string().max(500),
  until: z.number().optional(),
})
export type Acknowledgement = z.infer<typeof Acknowledgement>

/** The newest notes that an alert keeps. */
export const mostNotes = 50

/**
 * What a person wrote about an alert, or to whom they gave it. It changes nothing else. `to` of `assigned`: a user; who
 * took the alert over is both `by` and `to`. Its author, time and kind say which note it is.
 */
export const AlertNote = z.strictObject({
  kind: z.enum(['commented', 'assigned']),
  by: z.string().min(1).max(128),
  at: z.number(),
  comment: z.string().max(500),
  to: z.string().min(1).max(128).optional(),
})
export type AlertNote = z.infer<typeof AlertNote>

/**
 * Why an alert ended: the value cleared, data came back, its rule was changed, overridden or removed, or a person forgot
 * the node.
 */
export const ResolveReason = z.enum(['cleared', 'data-returned', 'rule-changed', 'node-forgotten'])
export type ResolveReason = z.infer<typeof ResolveReason>

const alertFields = {
  id: AlertId,
  ruleId: z.uuid(),
  ruleVersion: z.int(),
  nodeId: z.string(),
  nodeName: z.string(),
  metric: z.string(),
  phase: z.enum(['firing', 'resolved']),
  condition: Condition,
  /** The level of the severity. For no data and offline, the seconds without data that the rule allows. */
  threshold: z.number(),
  forSeconds: z.number(),
  /** Event time of the first breaching record. For no data and offline, of the last record before it. */
  since: z.number(),
  openedAt: z.number(),
  /** Value that opened it or last changed its severity. `null` for no data and offline. */
  value: z.number().nullable(),
  /** The value farthest beyond its levels of those that opened it or changed it. Absent: `value` is. */
  worstValue: z.number().optional(),
  resolvedAt: z.number().optional(),
  resolvedValue: z.number().optional(),
  resolveReason: ResolveReason.optional(),
  /** Since when every value was clear, of an alert that resolved after its rule's hold, or after it was flapping. */
  clearSince: z.number().optional(),
  /** How often it has fired again, each time within an hour of its end: its hold is longer. Absent: never. */
  refires: z.int().min(1).optional(),
  acknowledgement: Acknowledgement.optional(),
  /** Oldest first, the newest 50. They stay after the alert resolved. */
  notes: z.array(AlertNote).max(mostNotes).optional(),
  /** Since when it is flapping: it stays open until its values are steady. */
  flappingSince: z.number().optional(),
  /** Opened with an unknown start: the backend's id may replace this one. */
  provisional: z.boolean(),
}

/** Current state of one episode of one rule on one series. Times are event time, epoch ms. Only these alerts travel. */
export const NodeAlert = z.strictObject({ ...alertFields, kind: NodeAlertKind, severity: Severity })
export type NodeAlert = z.infer<typeof NodeAlert>

/**
 * An alert of this console about itself. It has no node and no metric: both are empty. `ruleId` is a constant of its kind
 * (`ownRuleIds`), which no rule has. Times are of this computer's clock, epoch ms.
 */
export const OwnAlert = z.strictObject({
  ...alertFields,
  kind: OwnAlertKind,
  severity: AlertSeverity,
  /** Where or why, for the reader: "metrics-servers, partition 3", or a sentence. */
  cause: z.string().optional(),
})
export type OwnAlert = z.infer<typeof OwnAlert>

export const Alert = z.discriminatedUnion('kind', [NodeAlert, OwnAlert])
export type Alert = z.infer<typeof Alert>

/** The rule that an alert of this console names. No rule has such an id: it is of version 8, and those are of version 4. */
export const ownRuleIds: Readonly<Record<OwnAlertKind, string>> = {
  lag: '00000000-0000-8000-8000-000000000001',
  rejects: '00000000-0000-8000-8000-000000000002',
  blind: '00000000-0000-8000-8000-000000000003',
  backend: '00000000-0000-8000-8000-000000000004',
}

/** Whether the alert is about this console itself, not about a node. */
export function isOwnAlert(alert: Alert): alert is OwnAlert {
  return isOwnKind(alert.kind)
}

/** The other alerts: those about nodes. */
export function isNodeAlert(alert: Alert): alert is NodeAlert {
  return !isOwnKind(alert.kind)
}

export function isOwnKind(kind: AlertKind): kind is OwnAlertKind {
  return OwnAlertKind.safeParse(kind).success
}

/**
 * How this console showed a notification: alone, in a summary, in a digest, or only as a toast in its window, because
 * the system refused it. `reminder`: again, while nobody had acknowledged the alert. `resolved`: that it was over.
 */
export const NotifiedAs = z.enum(['popup', 'summary', 'digest', 'toast', 'reminder', 'resolved'])
export type NotifiedAs = z.infer<typeof NotifiedAs>

/**
 * One line of an alert's timeline. Version 0.1.0 leaves out kinds that it does not know.
 *
 * | kind | meaning |
 * |---|---|
 * | `rule-changed` | the episode continues under another version or rule; `by` edited it, `edits` are the differences |
 * | `flapping`, `settled` | the alert changed too often; its values are steady again, and it goes on firing |
 * | `stale`, `returned` | the node was offline, and is back; never stored: they follow from its offline alerts |
 * | `expired` | an acknowledgement of `by` reached its end |
 * | `commented` | `by` wrote `comment` |
 * | `assigned` | `by` gave the alert to `to`: a note, which changes nothing else. Who took it over is both |
 * | `silenced`, `unsilenced` | a silence of `by` began to match; none matches any more |
 * | `notified` | this console showed it, `as` what |
 */
export const AlertEvent = z.strictObject({
  alertId: AlertId,
  kind: z.enum([
    'pending',
    'opened',
    'escalated',
    'eased',
    'resolved',
    'acknowledged',
    'unacknowledged',
    'rule-changed',
    'flapping',
    'settled',
    'stale',
    'returned',
    'expired',
    'commented',
    'assigned',
    'silenced',
    'unsilenced',
    'notified',
  ]),
  at: z.number(),
  severity: AlertSeverity.optional(),
  value: z.number().optional(),
  by: z.string().optional(),
  comment: z.string().optional(),
  to: z.string().optional(),
  as: NotifiedAs.optional(),
  /** Of `silenced`: the silence. */
  silenceId: z.uuid().optional(),
  edits: z.array(RuleEdit).optional(),
  /** Of `resolved`, as in the alert. */
  clearSince: z.number().optional(),
})
export type AlertEvent = z.infer<typeof AlertEvent>

/** An event of an alert about a node. Only these travel. */
export const NodeAlertEvent = AlertEvent.extend({ severity: Severity.optional() })
export type NodeAlertEvent = z.infer<typeof NodeAlertEvent>
