import type { QueuedNotification } from '#shared/notification/queued-notification.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import type { EvaluationWrite } from '../alerts/series-evaluator.ts'

/**
 * What the transaction queued. The table decides: some transitions are queued only after others, or once.
 * @param replacements ids of alerts that took over the notifications of others
 */
export function queuedNow(
  alerts: Pick<ConsoleStore['alerts'], 'queuedNotifications'>,
  { queuedNotifications, firedAgain }: Pick<EvaluationWrite, 'queuedNotifications' | 'firedAgain'>,
  replacements: ReadonlySet<string>,
): readonly QueuedNotification[] {
  const keys = new Set(queuedNotifications.map(({ alertId, transition }) => `${alertId} ${transition}`))
  const ofAll = new Set([...replacements, ...firedAgain])
  const ids = new Set([...ofAll, ...queuedNotifications.map(({ alertId }) => alertId)])
  if (ids.size === 0) return []
  const queued = alerts.queuedNotifications(ids)
  return queued.filter(({ alert: { id }, transition }) => ofAll.has(id) || keys.has(`${id} ${transition}`))
}
