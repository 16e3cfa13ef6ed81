import { withAcknowledgement } from './acknowledgement.ts'
import type { NodeAlert, NodeAlertEvent } from './alert.ts'

/** Who forgot the node of an alert, and when (epoch ms). */
interface Forgetting {
  readonly by: string
  readonly at: number
}

/** The firing alert after its node was forgotten. */
export function forgottenAlert(alert: NodeAlert, { at }: Forgetting): NodeAlert {
  const resolvedAt = Math.max(at, alert.openedAt)
  return { ...withAcknowledgement(alert, undefined), phase: 'resolved', resolvedAt, resolveReason: 'node-forgotten' }
}

/** The last line of its timeline. */
export function forgottenEvent({ id: alertId, openedAt }: NodeAlert, { by, at }: Forgetting): NodeAlertEvent {
  return { alertId, kind: 'resolved', at: Math.max(at, openedAt), by }
}
