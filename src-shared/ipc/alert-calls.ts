import { z } from 'zod'
import { Acknowledgement, Alert, AlertEvent, AlertId, AlertNote } from '../alert/alert.ts'
import { AwaySummary } from '../alert/away.ts'
import { HeldAlert } from '../alert/held.ts'
import { PendingAlert } from '../alert/pending.ts'
import { epochMs, nothing } from './fields.ts'

/** The largest list that a person acts on: all alerts of 2,000 nodes with some metrics each. */
const mostAtOnce = 10_000
const person = Acknowledgement.shape.by
const optionalComment = Acknowledgement.shape.comment
const noteComment = AlertNote.shape.comment.min(1)
const manyReply = z.strictObject({
  alerts: z.array(Alert),
  refused: z.array(
    z.strictObject({ id: AlertId, code: z.enum(['conflict', 'not-found', 'bad-request']), message: z.string() }),
  ),
})

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
  /** Also of a resolved alert. */
  'alerts.comment': { request: z.strictObject({ id: AlertId, comment: noteComment }), reply: Alert },
  /** `to`: a user. Without a backend there is no other one than the operator of this computer. */
  'alerts.assign': { request: z.strictObject({ id: AlertId, to: person, comment: optionalComment }), reply: Alert },
  /** One write. What is not possible for an alert is refused for it alone. */
  'alerts.actOnMany': {
    request: z.strictObject({
      ids: z.array(AlertId).min(1).max(mostAtOnce),
      act: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('acknowledge'), comment: optionalComment, until: epochMs.optional() }),
        z.strictObject({ kind: z.literal('comment'), comment: noteComment }),
        z.strictObject({ kind: z.literal('assign'), to: person, comment: optionalComment }),
      ]),
    }),
    reply: manyReply,
  },
  /** Takes back these acknowledgements, each as `alerts.unacknowledge`. */
  'alerts.unacknowledgeMany': {
    request: z.strictObject({
      given: z
        .array(z.strictObject({ id: AlertId, by: person, at: epochMs }))
        .min(1)
        .max(mostAtOnce),
    }),
    reply: manyReply,
  },
  /** Ids of the alerts that fired, and that nobody has looked at on this console. `unseen.changed` carries all of them. */
  'unseen.list': { request: nothing, reply: z.array(AlertId) },
  /** The operator has looked at these, or at all. */
  'alerts.seen': {
    request: z.union([
      z.strictObject({ ids: z.array(AlertId).min(1).max(mostAtOnce) }),
      z.strictObject({ all: z.literal(true) }),
    ]),
    reply: nothing,
  },
  /** What fired while nobody could see this console; `null`: nothing, or it was dismissed. */
  'away.get': { request: nothing, reply: AwaySummary.nullable() },
  'away.dismiss': { request: nothing, reply: nothing },
  'pending.list': { request: nothing, reply: z.array(PendingAlert) },
  'held.list': { request: nothing, reply: z.array(HeldAlert) },
} satisfies Record<string, { request: z.ZodType; reply: z.ZodType }>
