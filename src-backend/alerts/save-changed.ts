import type { NodeAlertEvent } from '#shared/alert/alert.ts'
import type { AlertRecord } from '#shared/team/team-records.ts'
import type { Db } from '../db/db.ts'
import { enqueueAlerts } from '../outbox/enqueue.ts'
import { appendEvents, writeAlerts } from './repo.ts'

/** Stores new versions of locked alerts and new alerts, with the new lines of their timelines, and publishes them. */
export async function saveChanged(
  db: Db,
  changed: readonly AlertRecord[],
  events: readonly NodeAlertEvent[],
): Promise<void> {
  const written = await writeAlerts(db, changed)
  // Locked alerts cannot have changed. A new alert appears twice only if two replicas read the same partition.
  if (written !== changed.length) throw new Error(`${changed.length - written} alerts were written by another replica`)
  await appendEvents(db, events)
  await enqueueAlerts(db, changed)
}
