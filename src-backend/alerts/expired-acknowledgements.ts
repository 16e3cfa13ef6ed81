import { withAcknowledgement } from '#shared/alert/acknowledgement.ts'
import type { Db } from '../db/db.ts'
import { expiredEvents } from './expired-events.ts'
import { findExpired, lockAlerts } from './repo.ts'
import { saveChanged } from './save-changed.ts'

/** Before all ids. */
export const firstExpired = '00000000-0000-0000-0000-000000000000'

/**
 * Takes expired acknowledgements from their alerts, at most `limit` of them, after the alert `after`. Otherwise each
 * console would write the end into its own timeline, by its own clock. An alert that this version cannot read waits for
 * a newer replica.
 * @returns the last alert, if there may be more
 */
export async function expireAcknowledgements(
  db: Db,
  { limit, ...found }: { readonly now: number; readonly after: string; readonly limit: number },
): Promise<string | undefined> {
  const { now } = found
  const rows = await findExpired(db, { ...found, limit })
  const locked = await lockAlerts(
    db,
    rows.filter(({ isReadable }) => isReadable).map(({ id }) => id),
  )
  // One may have been acknowledged again in between.
  const expired = locked.filter(({ alert }) => expiredEvents(alert, now).length > 0)
  const changed = expired.map(({ version, alert }) => ({
    version: version + 1,
    alert: withAcknowledgement(alert, undefined),
  }))
  const events = expired.flatMap(({ alert }) => expiredEvents(alert, now))
  if (changed.length > 0) await saveChanged(db, changed, events)
  return rows.length === limit ? rows.at(-1)?.id : undefined
}
