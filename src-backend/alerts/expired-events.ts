import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import type { NodeAlert, NodeAlertEvent } from '#shared/alert/alert.ts'

/** The line of the timeline, if the acknowledgement has reached its end. `now`: epoch ms. */
export function expiredEvents(alert: NodeAlert, now: number): NodeAlertEvent[] {
  const { id: alertId, acknowledgement: ack } = alert
  if (ack?.until === undefined || isAcknowledged(alert, now)) return []
  return [{ alertId, kind: 'expired', at: ack.until, by: ack.by }]
}
