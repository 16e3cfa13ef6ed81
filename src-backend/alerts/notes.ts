import type { NodeAlertEvent, AlertNote } from '#shared/alert/alert.ts'
import { noteEvent, withNote } from '#shared/alert/note.ts'
import { writeAudit } from '../audit/service.ts'
import type { Db } from '../db/db.ts'
import { actedAt } from '../http/acted-at.ts'
import { apiError } from '../http/problem.ts'
import type { ChangeAuthor } from '../http/route.ts'
import { assigneeOf } from '../users/assignee.ts'
import type { AlertRow } from './alert-item.ts'
import { findEvents, lockAlerts } from './repo.ts'
import { saveChanged } from './save-changed.ts'
import { alertOf } from './service.ts'

/** `at`: epoch ms. */
interface CommentRequest {
  readonly id: string
  readonly comment: string
  readonly at: number | undefined
}

/** Result of a comment or an assignment. */
export interface NoteOutcome {
  readonly outcome: 'added' | 'already'
  readonly message: string
  readonly alert: AlertRow
}

/**
 * Comments on an alert, also on a resolved one.
 * @throws ApiError `alert_not_found` or `invalid_request`
 */
export function commentAlert(db: Db, { id, comment, at }: CommentRequest, author: ChangeAuthor): Promise<NoteOutcome> {
  if (comment.trim() === '') throw invalid('comment', 'Write a comment.')
  return addNote(db, { id, at, note: { kind: 'commented', comment } }, author)
}

/**
 * Gives an alert to a user. It stays open to all.
 * @throws ApiError `alert_not_found` or `invalid_request`
 */
export async function assignAlert(
  db: Db,
  { to, ...request }: CommentRequest & { readonly to: string },
  author: ChangeAuthor,
): Promise<NoteOutcome> {
  const found = await assigneeOf(db, to)
  if (!found.ok) throw invalid('to', found.problem)
  const { id, comment, at } = request
  return addNote(db, { id, at, note: { kind: 'assigned', comment, to: found.username } }, author)
}

interface NewNote {
  readonly id: string
  readonly at: number | undefined
  readonly note: Omit<AlertNote, 'by' | 'at'>
}

const words = { commented: 'Comment added', assigned: 'Alert assigned' } as const

async function addNote(db: Db, { id, at, note: given }: NewNote, author: ChangeAuthor): Promise<NoteOutcome> {
  const { actor, now, requestId } = author
  const done = actedAt({ at, now, path: 'body.at' })
  const [locked] = await lockAlerts(db, [id])
  if (!locked) throw apiError('alert_not_found', `Alert ${id} not found.`)
  const note = await withOwnTime(db, id, { ...given, by: actor.username, at: done })
  if (note === undefined) {
    return { outcome: 'already', message: 'The alert has this note already', alert: await alertOf(db, id) }
  }
  const changed = { version: locked.version + 1, alert: withNote(locked.alert, note) }
  await saveChanged(db, [changed], [noteEvent(id, note)])
  const action = note.kind === 'commented' ? 'alert.commented' : 'alert.assigned'
  await writeAudit(db, { actor, action, subject: id, after: note, requestId })
  return { outcome: 'added', message: words[note.kind], alert: await alertOf(db, id) }
}

/**
 * Author, time and kind say which note it is. So a second one within a millisecond is of the next one.
 * @returns `undefined` if the timeline has this note
 */
async function withOwnTime(db: Db, alertId: string, note: AlertNote): Promise<AlertNote | undefined> {
  const wanted = noteEvent(alertId, note)
  const [same] = (await findEvents(db, [wanted])).filter(({ kind, by }) => kind === wanted.kind && by === wanted.by)
  if (same === undefined) return note
  return isEqualNote(same, wanted) ? undefined : withOwnTime(db, alertId, { ...note, at: note.at + 1 })
}

function isEqualNote(a: NodeAlertEvent, b: NodeAlertEvent): boolean {
  return a.comment === b.comment && a.to === b.to
}

function invalid(field: string, message: string): Error {
  return apiError('invalid_request', message, { issues: [{ path: `body.${field}`, message }] })
}
