import { acknowledge, unacknowledge } from '#shared/alert/acknowledgement.ts'
import type { Acknowledgement, NodeAlert } from '#shared/alert/alert.ts'
import type { Transition } from '#shared/alert/transition.ts'
import { dayMs } from '#shared/format/time-units.ts'
import { forgottenAlert, forgottenEvent } from '#shared/alert/forgotten-alert.ts'
import type { ForgottenNode } from '#shared/team/forgotten-node.ts'
import type { AlertRecord } from '#shared/team/team-records.ts'
import { writeAudit } from '../audit/service.ts'
import { onContent } from '../db/content-error.ts'
import type { Db } from '../db/db.ts'
import { actedAt } from '../http/acted-at.ts'
import { apiError } from '../http/problem.ts'
import type { ChangeAuthor } from '../http/route.ts'
import { enqueueTombstones } from '../outbox/enqueue.ts'
import { alertVersionsAbove } from '../outbox/team-database.ts'
import type { AlertRow } from './alert-item.ts'
import { applyInOrder } from './apply-transitions.ts'
import { expiredEvents } from './expired-events.ts'
import { deleteResolved, findEvents, findAlert, findFiring, lockAlerts } from './repo.ts'
import { saveChanged } from './save-changed.ts'

const longestHoldMs = 366 * dayMs
/** A longer acknowledgement needs a comment: who comes next must know why nobody acts. */
const longestUncommentedMs = dayMs

/** Result of an acknowledgement. */
export interface AcknowledgeOutcome {
  readonly outcome: 'acknowledged' | 'already' | 'resolved'
  readonly message: string
  readonly alert: AlertRow
}

export interface AcknowledgeRequest {
  readonly id: string
  readonly comment: string
  /** Both in epoch ms. */
  readonly at: number | undefined
  readonly until: number | undefined
}

/** Result of taking back an acknowledgement. */
export interface UnacknowledgeOutcome {
  readonly outcome: 'removed' | 'none' | 'another' | 'resolved'
  readonly message: string
  readonly alert: AlertRow
}

/** The acknowledgement to take back; without `by` and `at` the one that the alert has. `at`: epoch ms. */
export interface UnacknowledgeRequest {
  readonly id: string
  readonly by: string | undefined
  readonly at: number | undefined
}

/** @throws ApiError `alert_not_found` */
export async function alertOf(db: Db, id: string): Promise<AlertRow> {
  return there(await findAlert(db, id), id)
}

/**
 * Acknowledges an alert. The first acknowledgement wins, whatever time a later one carries. A later one changes nothing
 * and is answered with the first.
 * @throws ApiError `alert_not_found`, or `invalid_request` for impossible times
 */
export async function acknowledgeAlert(
  db: Db,
  request: AcknowledgeRequest,
  author: ChangeAuthor,
): Promise<AcknowledgeOutcome> {
  const ack = acknowledgementOf(request, author)
  const [locked] = await lockAlerts(db, [request.id])
  const before = there(locked, request.id)
  const result = acknowledge(before.alert, ack)
  if (!result.ok) {
    const outcome = result.code === 'resolved' ? 'resolved' : 'already'
    return { outcome, message: result.message, alert: await alertOf(db, request.id) }
  }
  await keepAcknowledged(db, { before, after: { version: before.version + 1, alert: result.alert } }, author)
  return { outcome: 'acknowledged', message: 'Alert acknowledged', alert: await alertOf(db, request.id) }
}

/**
 * Takes back an acknowledgement. If the alert does not have it, nothing changes, and the answer says why.
 * @throws ApiError `alert_not_found`
 */
export async function unacknowledgeAlert(
  db: Db,
  { id, by, at }: UnacknowledgeRequest,
  { actor, now, requestId }: ChangeAuthor,
): Promise<UnacknowledgeOutcome> {
  const [locked] = await lockAlerts(db, [id])
  const { alert, version } = there(locked, id)
  const { acknowledgement: before } = alert
  const result = unacknowledge(alert, { by: by ?? before?.by ?? '', at: at ?? Infinity })
  if (!result.ok) {
    const outcome = result.code === 'not-acknowledged' ? 'none' : result.code
    return { outcome, message: result.message, alert: await alertOf(db, id) }
  }
  const event = { alertId: id, kind: 'unacknowledged', at: now, by: actor.username } as const
  await saveChanged(db, [{ version: version + 1, alert: result.alert }], [...expiredEvents(alert, now), event])
  const change = { before: before ?? null, after: null }
  await writeAudit(db, { actor, action: 'alert.unacknowledged', subject: id, ...change, requestId })
  return { outcome: 'removed', message: 'Acknowledgement removed', alert: await alertOf(db, id) }
}

/**
 * Applies the evaluator's transitions in the ingest transaction, in the order of their records. Applying them again
 * changes nothing.
 * @returns the alerts that changed, with their new versions
 */
export async function applyTransitions(db: Db, transitions: readonly Transition[]): Promise<readonly AlertRecord[]> {
  const ids = [...new Set(transitions.filter(({ kind }) => kind !== 'pending').map(({ alertId }) => alertId))]
  if (ids.length === 0) return []
  const stored = await lockAlerts(db, ids)
  const known = stored.length === 0 ? [] : await findEvents(db, transitions)
  const applied = onContent(() => applyInOrder(transitions, stored, known))
  const changed = await aboveKnown(db, stored, applied.changed)
  if (changed.length > 0) await saveChanged(db, changed, applied.events)
  return changed
}

/** After a restore, an alert may open again that consoles still know. Its version starts above all published ones. */
async function aboveKnown(
  db: Db,
  stored: readonly AlertRecord[],
  changed: readonly AlertRecord[],
): Promise<readonly AlertRecord[]> {
  const known = new Set(stored.map(({ alert }) => alert.id))
  if (changed.every(({ alert }) => known.has(alert.id))) return changed
  const above = await alertVersionsAbove(db)
  return changed.map((record) => (known.has(record.alert.id) ? record : { ...record, version: above + record.version }))
}

/**
 * Ends the firing alerts of a forgotten node.
 * @returns their ids
 */
export async function resolveAlertsOf(db: Db, node: ForgottenNode): Promise<readonly string[]> {
  const locked = await lockAlerts(db, await findFiring(db, node.nodeId))
  const firing = locked.filter(({ alert }) => alert.phase === 'firing')
  if (firing.length === 0) return []
  const ended = firing.map(({ version, alert }) => ({ version: version + 1, alert: forgottenAlert(alert, node) }))
  await saveChanged(
    db,
    ended,
    firing.map(({ alert }) => forgottenEvent(alert, node)),
  )
  return ended.map(({ alert }) => alert.id)
}

/**
 * Deletes alerts that ended before `before` (epoch ms), at most `limit` of them.
 * @returns how many
 */
export async function deleteOldAlerts(db: Db, ended: { before: number; limit: number }): Promise<number> {
  const ids = await deleteResolved(db, ended)
  await enqueueTombstones(db, ids)
  return ids.length
}

async function keepAcknowledged(
  db: Db,
  { before, after }: { before: AlertRecord; after: AlertRecord },
  { actor, now, requestId }: ChangeAuthor,
): Promise<void> {
  const { id, acknowledgement: ack } = after.alert
  if (!ack) throw new Error(`alert ${id} was acknowledged, but has no acknowledgement`)
  const comment = ack.comment === '' ? {} : { comment: ack.comment }
  const event = { alertId: id, kind: 'acknowledged', at: ack.at, by: ack.by, ...comment } as const
  await saveChanged(db, [after], [...expiredEvents(before.alert, now), event])
  const acknowledgement = { before: before.alert.acknowledgement ?? null, after: ack }
  await writeAudit(db, { actor, action: 'alert.acknowledged', subject: id, ...acknowledgement, requestId })
}

function acknowledgementOf({ comment, at, until }: AcknowledgeRequest, { actor, now }: ChangeAuthor): Acknowledgement {
  const done = actedAt({ at, now, path: 'body.at' })
  if (until !== undefined && until <= done) throw impossible('until', 'expected a time after the acknowledgement')
  if (until !== undefined && until > done + longestHoldMs) throw impossible('until', 'expected a time within a year')
  // A console has acknowledged it already, maybe one of 0.1.0 that did not ask for a comment: it must not be lost.
  const isNew = at === undefined
  if (isNew && comment.trim() === '' && until !== undefined && until > done + longestUncommentedMs) {
    const message = 'An acknowledgement for more than 24 hours needs a comment.'
    throw apiError('invalid_request', message, { issues: [{ path: 'body.comment', message }] })
  }
  return { by: actor.username, at: done, comment, ...(until === undefined ? {} : { until }) }
}

function impossible(field: 'until', message: string): Error {
  return apiError('invalid_request', 'The times of this acknowledgement are not valid.', {
    issues: [{ path: `body.${field}`, message }],
  })
}

function there<T extends { readonly alert: NodeAlert }>(found: T | undefined, id: string): T {
  if (found) return found
  throw apiError('alert_not_found', `Alert ${id} not found.`)
}
