import { z } from 'zod'
import { Acknowledgement, Alert, AlertEvent, AlertId } from '../alert/alert.ts'
import { HeldAlert } from '../alert/held.ts'
import { PendingAlert } from '../alert/pending.ts'
import { epochMs, nothing } from './fields.ts'

/** Calls about alerts. */
export const alertCalls = {
  'alerts.list': { request: z.strictObject({ open: z.boolean() }), reply: z.array(Alert) },
  'alerts.timeline': { request: z.strictObject({ id: AlertId }), reply: z.array(AlertEvent) },
  'alerts.acknowledge': {
    request: z.strictObject({ id: AlertId, comment: Acknowledgement.shape.comment, until: epochMs.optional() }),
    reply: Alert,
  },
  /** Takes back the acknowledgement that `by` gave at `at`. */
  'alerts.unacknowledge': {
    request: z.strictObject({ id: AlertId, by: Acknowledgement.shape.by, at: epochMs }),
    reply: Alert,
  },
  'pending.list': { request: nothing, reply: z.array(PendingAlert) },
  'held.list': { request: nothing, reply: z.array(HeldAlert) },
} satisfies Record<string, { request: z.ZodType; reply: z.ZodType }>
