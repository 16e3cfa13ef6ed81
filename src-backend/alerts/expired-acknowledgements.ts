import { isAcknowledged, withAcknowledgement } from '#shared/alert/acknowledgement.ts'
import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import type { Db } from '../db/db.ts'
import { findExpired, lockAlerts } from './repo.ts'
import { saveChanged } from './save-changed.ts'

/** The line of the timeline, if the acknowledgement has reached its end. `now`: epoch ms. */
export function expiredEvents(alert: Alert, now: number): AlertEvent[] {
  const { id: alertId, acknowledgement: ack } = alert
  if (ack?.until === undefined || isAcknowledged(alert, now)) return []
  return [{ alertId, kind: 'expired', at: ack.until, by: ack.by }]
}

/**
 * Takes expired acknowledgements from their alerts, at most `limit` of them. Otherwise each console would write the end
 * into its own timeline, by its own clock.
 * @returns how many were found
 */
export async function expireAcknowledgements(
  db: Db,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<number> {
  const ids = await findExpired(db, now, limit)
  if (ids.length === 0) return 0
  const locked = await lockAlerts(db, ids)
  // One may have been acknowledged again in between.
  const expired = locked.filter(({ alert }) => expiredEvents(alert, now).length > 0)
  const changed = expired.map(({ version, alert }) => ({
    version: version + 1,
    alert: withAcknowledgement(alert, undefined),
  }))
  if (changed.length > 0) {
    await saveChanged(
      db,
      changed,
      expired.flatMap(({ alert }) => expiredEvents(alert, now)),
    )
  }
  return ids.length
}
