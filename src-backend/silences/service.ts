import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { silenceKey } from '#shared/silence/silence-key.ts'
import { endOf } from '#shared/silence/schedule.ts'
import type { Silence, SilenceDraft } from '#shared/silence/silence.ts'
import type { AuditAction } from '#shared/rest/audit.ts'
import { writeAudit } from '../audit/service.ts'
import type { Db } from '../db/db.ts'
import { actedAt } from '../http/acted-at.ts'
import { apiError } from '../http/problem.ts'
import type { ChangeAuthor } from '../http/route.ts'
import { enqueueSilence, enqueueTombstones } from '../outbox/enqueue.ts'
import { alertVersionsAbove } from '../outbox/team-database.ts'
import { byOwnClock, refuseDraft } from './checked-draft.ts'
import { countOpen, deleteEnded, findSilence, insertSilence, listSilences, lockSilence, updateSilence } from './repo.ts'

/** Every console compares every alert with all of them. */
export const mostOpenSilences = 1_000

export interface SilenceLimits {
  /** A silence that does not repeat lasts at most this long. */
  readonly longestDays: number
}

/** `at`: when the operator did it, by the clock of the console, epoch ms. */
interface NewSilence {
  readonly id: string | undefined
  readonly at: number | undefined
  readonly draft: SilenceDraft
}

/** A silence to change. With `ifMatch`, only if that is its version. Without it, the last write wins. */
interface SilenceChange {
  readonly id: string
  readonly ifMatch: number | undefined
  readonly at: number | undefined
}

export const silencesAfter: typeof listSilences = listSilences

/** @throws ApiError `silence_not_found` */
export async function silenceOf(db: Db, id: string): Promise<Silence> {
  return there(await findSilence(db, id), id)
}

/**
 * Creates a silence. If its author has made the same one with this id before, nothing changes: a console may repeat a
 * request whose response was lost.
 * @throws ApiError `invalid_request` or `silence_exists`
 */
export async function createSilence(
  db: Db,
  { id: given, at, draft }: NewSilence,
  { author, longestDays }: SilenceLimits & { readonly author: ChangeAuthor },
): Promise<Silence> {
  const { actor, now } = author
  const id = (given ?? randomUUID()).toLowerCase()
  const known = await lockSilence(db, id)
  if (known) return sameSilence(known, { at, draft, author })
  const done = actedAt({ at, now, path: 'body.at' })
  const ours = byOwnClock(draft, at, now)
  refuseDraft(ours, { at: done, longestDays })
  await refuseTooMany(db, now)
  const by = actor.username
  // A restored database may have forgotten a silence that consoles know.
  const version = (await alertVersionsAbove(db)) + 1
  const silence: Silence = { ...ours, id, version, createdBy: by, createdAt: done, updatedBy: by, updatedAt: done }
  if (!(await insertSilence(db, silence))) return sameSilence(await silenceOf(db, id), { at, draft, author })
  await record(db, author, { action: 'silence.created', before: null, after: silence })
  return silence
}

/** @throws ApiError `invalid_request`, `silence_not_found`, `silence_ended` or `version_conflict` */
export async function changeSilence(
  db: Db,
  { draft, ...change }: SilenceChange & { readonly draft: SilenceDraft },
  { author, longestDays }: SilenceLimits & { readonly author: ChangeAuthor },
): Promise<Silence> {
  const done = actedAt({ at: change.at, now: author.now, path: 'body.at' })
  const ours = byOwnClock(draft, change.at, author.now)
  const before = await expected(db, change)
  if (hasEnded(before, done)) {
    const by = before.expiredAt === undefined ? '' : ` ${before.updatedBy} ended it.`
    throw apiError('silence_ended', `This silence has ended.${by} Create another one.`)
  }
  refuseDraft(ours, { at: done, longestDays })
  // Keys of a newer version stay: an editor of this version cannot have removed them.
  const after = { ...before, ...ours, ...nextVersion(before, author, done) }
  await updateSilence(db, after)
  await record(db, author, { action: 'silence.changed', before, after })
  return after
}

/**
 * Ends a silence before its time. One that has ended stays as it is.
 * @throws ApiError `invalid_request`, `silence_not_found` or `version_conflict`
 */
export async function expireSilence(db: Db, change: SilenceChange, author: ChangeAuthor): Promise<Silence> {
  const done = actedAt({ at: change.at, now: author.now, path: 'query.at' })
  const locked = there(await lockSilence(db, change.id), change.id)
  if (hasEnded(locked, done)) return locked
  const before = sameVersion(locked, change)
  const after = { ...before, ...nextVersion(before, author, done), expiredAt: Math.max(done, before.createdAt) }
  await updateSilence(db, after)
  await record(db, author, { action: 'silence.expired', before, after })
  return after
}

/**
 * Deletes silences that ended before `before` (epoch ms), at most `limit` of them.
 * @returns how many
 */
export async function deleteOldSilences(db: Db, ended: { before: number; limit: number }): Promise<number> {
  const ids = await deleteEnded(db, ended)
  await enqueueTombstones(db, ids.map(silenceKey))
  return ids.length
}

interface Repeated {
  readonly at: number | undefined
  readonly draft: SilenceDraft
  readonly author: ChangeAuthor
}

/** @throws ApiError `silence_exists` for a silence of another author, or with other contents */
function sameSilence(known: Silence, { at, draft, author }: Repeated): Silence {
  const { matchers, schedule, comment } = known
  const isSame = isDeepStrictEqual({ matchers, schedule, comment }, byOwnClock(draft, at, known.createdAt))
  if (isSame && known.createdBy === author.actor.username) return known
  throw apiError('silence_exists', `${known.updatedBy} has made another silence with the id ${known.id}.`)
}

/** One more would make every console slower. */
async function refuseTooMany(db: Db, now: number): Promise<void> {
  if ((await countOpen(db, now)) < mostOpenSilences) return
  throw apiError(
    'invalid_request',
    `At most ${mostOpenSilences} silences can wait or be active. End some of them first.`,
  )
}

async function expected(db: Db, change: SilenceChange): Promise<Silence> {
  return sameVersion(there(await lockSilence(db, change.id), change.id), change)
}

function sameVersion(silence: Silence, { ifMatch }: SilenceChange): Silence {
  const { version, updatedBy } = silence
  if (ifMatch === undefined || ifMatch === version) return silence
  throw apiError('version_conflict', `${updatedBy} changed this silence. Version ${version} is now in effect.`, {
    version,
  })
}

function hasEnded(silence: Silence, at: number): boolean {
  const end = endOf(silence)
  return silence.expiredAt !== undefined || (end !== undefined && end <= at)
}

function nextVersion(
  { version }: Silence,
  { actor }: ChangeAuthor,
  updatedAt: number,
): Pick<Silence, 'version' | 'updatedBy' | 'updatedAt'> {
  return { version: version + 1, updatedBy: actor.username, updatedAt }
}

interface Recorded {
  readonly action: Extract<AuditAction, `silence.${string}`>
  readonly before: Silence | null
  readonly after: Silence
}

async function record(db: Db, { actor, requestId }: ChangeAuthor, { action, before, after }: Recorded): Promise<void> {
  await writeAudit(db, { actor, action, subject: after.id, before, after, requestId })
  await enqueueSilence(db, after)
}

function there(found: Silence | undefined, id: string): Silence {
  if (found) return found
  throw apiError('silence_not_found', `Silence ${id} not found.`)
}
