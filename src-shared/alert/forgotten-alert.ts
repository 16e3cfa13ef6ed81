import { withAcknowledgement } from './acknowledgement.ts'
import type { Alert, AlertEvent } from './alert.ts'

/** Who forgot the node of an alert, and when (epoch ms). */
interface Forgetting {
  readonly by: string
  readonly at: number
}

/** The firing alert after its node was forgotten. */
export function forgottenAlert(alert: Alert, { at }: Forgetting): Alert {
  const resolvedAt = Math.max(at, alert.openedAt)
  return { ...withAcknowledgement(alert, undefined), phase: 'resolved', resolvedAt, resolveReason: 'node-forgotten' }
}

/** The last line of its timeline. */
export function forgottenEvent({ id: alertId, openedAt }: Alert, { by, at }: Forgetting): AlertEvent {
  return { alertId, kind: 'resolved', at: Math.max(at, openedAt), by }
}
