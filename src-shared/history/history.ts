import { z } from 'zod'
import { Alert, AlertKind, NotifiedAs } from '../alert/alert.ts'
import { messageLimits } from '../metric/message.ts'
import { AlertSeverity } from '../alert/severity.ts'

/**
 * What an alert of the history came to. `acknowledged`: somebody acknowledged it at some time; `unacknowledged`: nobody
 * did. An alert may have several of them.
 */
export const HistoryOutcome = z.enum(['firing', 'resolved', 'acknowledged', 'unacknowledged', 'silenced', 'flapped'])
export type HistoryOutcome = z.infer<typeof HistoryOutcome>

/** The longest text to search for. */
export const longestSearch = 200

const epochMs = z.number().gte(0).lte(8.64e15)

/**
 * Which alerts: those that opened from `from` to `to` (exclusive), event time. `severity`: the highest that it had.
 * `text`: anywhere in node, name, metric, kind, a comment or a person, whatever the case.
 */
export const HistoryFilter = z.strictObject({
  from: epochMs,
  to: epochMs,
  nodeId: z.string().min(1).max(messageLimits.nodeId).optional(),
  metric: z.string().max(messageLimits.metricName).optional(),
  ruleId: z.uuid().optional(),
  severity: AlertSeverity.optional(),
  outcome: HistoryOutcome.optional(),
  text: z.string().min(1).max(longestSearch).optional(),
})
export type HistoryFilter = z.infer<typeof HistoryFilter>

const Person = z.strictObject({ by: z.string(), at: z.number() })

/** What the events of an alert say beyond the alert itself. */
export const HistoryDetails = z.strictObject({
  /** The highest severity that it had. */
  worst: AlertSeverity,
  /** The value farthest beyond its level among those of its events; `null` without values. */
  worstValue: z.number().nullable(),
  /** The first acknowledgement. */
  acknowledged: Person.optional(),
  /** Author of the first silence that matched it. */
  silencedBy: z.string().optional(),
  flapped: z.boolean(),
  /** How this console showed it. Empty: it was listed only. */
  notified: z.array(NotifiedAs),
})
export type HistoryDetails = z.infer<typeof HistoryDetails>

const AlertEntry = z.strictObject({ kind: z.literal('alert'), alert: Alert, ...HistoryDetails.shape })
export type AlertEntry = z.infer<typeof AlertEntry>

/** A time in which monitoring was blind. `to`: `null` while it lasts. `cause`: one sentence. */
const BlindEntry = z.strictObject({
  kind: z.literal('blind'),
  from: z.number(),
  to: z.number().nullable(),
  cause: z.string(),
})
export type BlindEntry = z.infer<typeof BlindEntry>

/** One line of the history, newest first. An alert, or a time in which monitoring was blind. */
export const HistoryEntry = z.discriminatedUnion('kind', [AlertEntry, BlindEntry])
export type HistoryEntry = z.infer<typeof HistoryEntry>

/** Alerts that opened in one interval of the histogram, from `from` to that of the next one. */
export const HistoryBar = z.strictObject({
  from: z.number(),
  critical: z.number(),
  warning: z.number(),
  info: z.number(),
})
export type HistoryBar = z.infer<typeof HistoryBar>

/** Counts and means over alerts. Times are ms; `null` without any to count. */
export const HistoryFigures = z.strictObject({
  fired: z.number(),
  critical: z.number(),
  /** Critical alerts only: from opening to the first acknowledgement. */
  meanToAcknowledgeMs: z.number().nullable(),
  /** From opening to the end, of those that resolved. */
  meanToRecoverMs: z.number().nullable(),
  neverAcknowledged: z.number(),
})
export type HistoryFigures = z.infer<typeof HistoryFigures>

export const NoisyRule = z.strictObject({
  ruleId: z.uuid(),
  /** Of its newest alert: a deleted rule is in no list. */
  metric: z.string(),
  kind: AlertKind,
  fired: z.number(),
  nodes: z.number(),
  /** Resolved within two minutes. */
  short: z.number(),
  acknowledged: z.number(),
})
export type NoisyRule = z.infer<typeof NoisyRule>

export const NoisyNode = z.strictObject({
  nodeId: z.string(),
  nodeName: z.string(),
  fired: z.number(),
  flapped: z.number(),
  /** Time in which at least one of its alerts fired. */
  firingMs: z.number(),
})
export type NoisyNode = z.infer<typeof NoisyNode>
