import { z } from 'zod'
import { Alert, AlertId, NotifiedAs } from '../alert/alert.ts'
import { messageLimits } from '../metric/message.ts'
import { Severity } from '../rule/rule.ts'
import { epochMs } from './fields.ts'

/** What an alert of the history came to. `unacknowledged`: it ended, or fires, without an acknowledgement. */
export const HistoryOutcome = z.enum(['firing', 'resolved', 'acknowledged', 'unacknowledged', 'silenced', 'flapped'])
export type HistoryOutcome = z.infer<typeof HistoryOutcome>

/** Which alerts: those that opened from `from` to `to` (exclusive), event time. `text` is in node, name, metric or a comment. */
export const HistoryFilter = z.strictObject({
  from: epochMs,
  to: epochMs,
  nodeId: z.string().min(1).max(messageLimits.nodeId).optional(),
  metric: z.string().max(messageLimits.metricName).optional(),
  ruleId: z.uuid().optional(),
  severity: Severity.optional(),
  outcome: HistoryOutcome.optional(),
  text: z.string().min(1).max(200).optional(),
})
export type HistoryFilter = z.infer<typeof HistoryFilter>

const Person = z.strictObject({ by: z.string(), at: z.number() })

/** One line of the history, newest first. An alert, or a time in which monitoring was blind. */
export const HistoryEntry = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('alert'),
    alert: Alert,
    /** The highest severity that it had. */
    worst: Severity,
    /** The value farthest beyond its level among those of its events; `null` without values. */
    worstValue: z.number().nullable(),
    /** The first acknowledgement. */
    acknowledged: Person.optional(),
    /** Author of the first silence that matched it. */
    silencedBy: z.string().optional(),
    flapped: z.boolean(),
    /** How this console showed it. Empty: it was listed only. */
    notified: z.array(NotifiedAs),
  }),
  z.strictObject({
    kind: z.literal('blind'),
    /** `to`: `null` while it lasts. */
    from: z.number(),
    to: z.number().nullable(),
    /** One sentence. */
    cause: z.string(),
  }),
])
export type HistoryEntry = z.infer<typeof HistoryEntry>

/** Alerts that opened in one interval of the histogram. */
const HistoryBar = z.strictObject({ from: z.number(), critical: z.number(), warning: z.number() })

/** Counts and means over alerts. Times are ms; `null` without any to count. */
const HistoryFigures = z.strictObject({
  fired: z.number(),
  critical: z.number(),
  /** Critical alerts only: from opening to the first acknowledgement. */
  meanToAcknowledgeMs: z.number().nullable(),
  /** From opening to the end, of those that resolved. */
  meanToRecoverMs: z.number().nullable(),
  neverAcknowledged: z.number(),
})

const NoisyRule = z.strictObject({
  ruleId: z.uuid(),
  fired: z.number(),
  nodes: z.number(),
  /** Resolved within two minutes. */
  short: z.number(),
  acknowledged: z.number(),
})
const NoisyNode = z.strictObject({
  nodeId: z.string(),
  nodeName: z.string(),
  fired: z.number(),
  flapped: z.number(),
  firingMs: z.number(),
})

/** A part of the history that could not be read: one sentence, for example that the backend is unreachable. */
const missingReason = z.string().optional()
const cursor = z.string().max(200)

/** Calls about the history of alerts. The cache has 14 days; with a backend, what is older comes from there. */
export const historyCalls = {
  /** `next`: the cursor of the next page; absent after the last one. */
  'history.list': {
    request: z.strictObject({ filter: HistoryFilter, cursor: cursor.optional(), limit: z.int().min(1).max(500) }),
    reply: z.strictObject({ entries: z.array(HistoryEntry), next: cursor.optional(), missingReason }),
  },
  /** Histogram of at most `bars` intervals, and figures. */
  'history.summary': {
    request: z.strictObject({ filter: HistoryFilter, bars: z.int().min(1).max(200) }),
    reply: z.strictObject({ bars: z.array(HistoryBar), figures: HistoryFigures, missingReason }),
  },
  /** Figures of the range and of the range of the same length before it. `days`: by day of the zone of the settings. */
  'history.report': {
    request: z.strictObject({ from: epochMs, to: epochMs }),
    reply: z.strictObject({
      days: z.array(HistoryBar),
      now: HistoryFigures,
      before: HistoryFigures,
      rules: z.array(NoisyRule),
      nodes: z.array(NoisyNode),
      missingReason,
    }),
  },
  /** The entry of one alert; `not-found` if neither the cache nor the backend has it. */
  'history.entry': { request: z.strictObject({ id: AlertId }), reply: HistoryEntry },
  /** Opens the native save dialog. `rows` counts entries. */
  'history.export': {
    request: z.strictObject({ filter: HistoryFilter }),
    reply: z.union([
      z.strictObject({ saved: z.literal(true), path: z.string(), rows: z.number() }),
      z.strictObject({ saved: z.literal(false) }),
    ]),
  },
} satisfies Record<string, { request: z.ZodType; reply: z.ZodType }>
