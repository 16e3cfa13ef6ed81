import { z } from 'zod'
import { NodeAlertKind } from '../alert/alert.ts'
import { Time } from '../rest/fields.ts'
import { Condition, Severity } from '../rule/rule.ts'

/** The alerts that a message names. It counts the others. */
export const mostNamedAlerts = 50

/** `link` opens the alert in a console on the computer of the reader. Times: RFC 3339, UTC. */
const WebhookAlert = z.strictObject({
  id: z.uuid(),
  status: z.enum(['firing', 'resolved']),
  severity: Severity,
  kind: NodeAlertKind,
  nodeId: z.string(),
  nodeName: z.string(),
  metric: z.string(),
  /** `null` for no data and offline. Of a resolved alert: the one that ended it. */
  value: z.number().nullable(),
  /** The level. For no data and offline, the seconds without data that the rule allows. */
  threshold: z.number(),
  condition: Condition,
  /** '' if it is unknown. */
  unit: z.string(),
  ruleId: z.uuid(),
  openedAt: Time,
  resolvedAt: Time.nullable(),
  /** One line. */
  summary: z.string(),
  link: z.string(),
})
export type WebhookAlert = z.infer<typeof WebhookAlert>

/**
 * A message of the second channel: the body of the format `json`, and what the other formats are made of. A receiver
 * ignores keys that it does not know. `version` grows if a key changes its meaning or is gone.
 */
export const WebhookMessage = z.strictObject({
  version: z.literal(1),
  /** The same in each attempt, and the `Idempotency-Key`. */
  id: z.uuid(),
  kind: z.enum(['alerts', 'test']),
  /** `resolved`: none of its alerts fires. Of a test: `firing`. */
  status: z.enum(['firing', 'resolved']),
  createdAt: Time,
  /** REMO_TEAM; '' without one. */
  team: z.string(),
  /** Consoles that were connected when the message was made. */
  connectedConsoles: z.int(),
  title: z.string(),
  /** Two or three sentences without the alerts. */
  text: z.string(),
  /** Firing alerts first, and of these the oldest. */
  alerts: z.array(WebhookAlert).max(mostNamedAlerts),
  /** How many alerts the message is about and does not name. */
  truncatedAlerts: z.int(),
})
export type WebhookMessage = z.infer<typeof WebhookMessage>
