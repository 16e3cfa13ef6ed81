import { isDeepStrictEqual } from 'node:util'
import { knownOfTopicMapping } from '#shared/codec/domain-codecs.ts'
import {
  type FieldMapping,
  type MappingVersion,
  mostMappings,
  type TopicMapping,
} from '#shared/metric/mapping/field-mapping.ts'
import { type MappingIndex, mappingIndex } from '#shared/metric/mapping/mapping-index.ts'
import { nextEffectiveFrom } from '#shared/rule/effective-from.ts'
import { type AuditEntryDraft, writeAudit } from '../audit/service.ts'
import type { Db } from '../db/db.ts'
import { apiError } from '../http/problem.ts'
import type { ChangeAuthor } from '../http/route.ts'
import { enqueueMapping } from '../outbox/enqueue.ts'
import { alertVersionsAbove, isCompared } from '../outbox/team-database.ts'
import { findMapping, lockMappings, mappingStamp, putMapping, readMappings } from './repo.ts'
import { unwritablePaths, unwritableText } from './unwritable.ts'

/** Topics that are kept, also those whose mapping was removed. Every console has all of them. */
export const mostMappedTopics = 1_000

/** Earlier versions in a record: more would make that of a busy topic too large. */
const earlierAtMost = 20

/** The mapping of a topic to change. With `ifMatch`, only if that is its version. Without it, the last write wins. */
interface MappingChange {
  readonly topic: string
  readonly ifMatch: number | undefined
}

/** Mappings for the ingest. `stamp` shows whether they are old. */
export interface LoadedMappings {
  readonly stamp: string
  readonly index: MappingIndex
}

/** A new version, and who makes it. */
export interface NewVersion {
  readonly mapping: FieldMapping | null
  readonly isFixed: boolean
  /** Epoch ms. */
  readonly effectiveFrom: number
}

export interface MappingAuthor extends Pick<AuditEntryDraft, 'actor' | 'requestId'> {
  /** Epoch ms. */
  readonly now: number
}

/** Those that are not removed, by topic. */
export async function currentMappings(db: Db): Promise<TopicMapping[]> {
  return (await readMappings(db)).filter(({ mapping }) => mapping !== null)
}

/**
 * Reads the records of the topic by this mapping, from 2 s after now on. If it is the current one, nothing changes: a
 * console may repeat a request whose response was lost.
 * @throws ApiError `invalid_request`, `mapping_fixed`, `version_conflict`, `too_many_mappings` or `unavailable`
 */
export async function saveMapping(
  db: Db,
  { mapping, ...change }: MappingChange & { readonly mapping: FieldMapping },
  author: ChangeAuthor,
): Promise<TopicMapping> {
  refuseUnwritable(mapping)
  const before = await lockedMapping(db, change.topic)
  if (before?.isFixed === true) throw fixed(before)
  if (before && isDeepStrictEqual(before.mapping, mapping)) return before
  refuseOther(before, change)
  if ((before?.mapping ?? null) === null) await refuseTooMany(db, before === undefined)
  const effectiveFrom = nextEffectiveFrom(author.now, before)
  return writeVersion(db, { topic: change.topic, before, next: { mapping, isFixed: false, effectiveFrom } }, author)
}

/** @throws ApiError `mapping_not_found`, `mapping_fixed`, `version_conflict` or `unavailable` */
export async function removeMapping(db: Db, change: MappingChange, author: ChangeAuthor): Promise<TopicMapping> {
  const { topic } = change
  const before = await lockedMapping(db, topic)
  if ((before?.mapping ?? null) === null) {
    throw apiError('mapping_not_found', before ? `${before.updatedBy} removed it.` : `${topic} has no mapping.`)
  }
  if (before?.isFixed === true) throw fixed(before)
  refuseOther(before, change)
  const effectiveFrom = nextEffectiveFrom(author.now, before)
  return writeVersion(db, { topic, before, next: { mapping: null, isFixed: false, effectiveFrom } }, author)
}

/** Without checks. The mappings are locked. `before`: the current version. */
export async function writeVersion(
  db: Db,
  {
    topic,
    before,
    next,
  }: { readonly topic: string; readonly before: TopicMapping | undefined; readonly next: NewVersion },
  { actor, requestId, now }: MappingAuthor,
): Promise<TopicMapping> {
  const after: TopicMapping = {
    ...before, // keys of a newer version stay
    topic,
    ...next,
    // A restored database may have forgotten what consoles know of the topic.
    version: (before?.version ?? (await alertVersionsAbove(db))) + 1,
    updatedBy: actor.username,
    updatedAt: now,
    earlier: before ? withEarlier(before.earlier, before) : [],
  }
  await putMapping(db, after)
  const action = next.mapping === null ? 'mapping.removed' : 'mapping.saved'
  const audited = { before: before?.mapping ?? null, after: next.mapping }
  await writeAudit(db, { actor, action, subject: topic, ...audited, requestId })
  await enqueueMapping(db, after)
  return after
}

/** Locks the mappings until the transaction ends, and returns all, also those that were removed. */
export async function mappingsForChange(db: Db): Promise<TopicMapping[]> {
  await lockMappings(db)
  return readMappings(db)
}

/** Stores the result of a comparison with Kafka: without checks, audit rows or outbox rows. */
export async function storeMappings(db: Db, mappings: readonly TopicMapping[]): Promise<void> {
  for (const mapping of mappings) await putMapping(db, mapping)
}

/** The newest of them, oldest first. */
export function withEarlier(earlier: readonly MappingVersion[], last: MappingVersion): MappingVersion[] {
  const { version, effectiveFrom, mapping, updatedBy, updatedAt } = last
  return [...earlier, { version, effectiveFrom, mapping, updatedBy, updatedAt }].slice(-earlierAtMost)
}

/** Without unknown keys: the API promises no others. */
export const knownOfMapping: (mapping: TopicMapping) => TopicMapping = knownOfTopicMapping

/** Cheap: the ingest reads it with every fetch. */
export const stampOfMappings: (db: Db) => Promise<string> = mappingStamp

/** @throws NeedsNewerError for a mapping that this version must not read by */
export async function loadMappings(db: Db): Promise<LoadedMappings> {
  const stamp = await mappingStamp(db) // first: a change committed in between is then read again, not missed
  return { stamp, index: mappingIndex([], await readMappings(db)) }
}

/** After a restore, versions are issued only after the comparison with Kafka, so that no version means two things. */
async function lockedMapping(db: Db, topic: string): Promise<TopicMapping | undefined> {
  await lockMappings(db)
  if (await isCompared(db)) return findMapping(db, topic)
  const detail = 'Mappings cannot be changed until this backend has compared them with those in Kafka.'
  throw apiError('unavailable', detail, { retryAfterSeconds: 2 })
}

function fixed({ topic }: TopicMapping): Error {
  const detail = `The mapping of ${topic} is in the file that REMO_MAPPINGS_FILE names. To change it, change the file.`
  return apiError('mapping_fixed', detail)
}

function refuseOther(before: TopicMapping | undefined, { topic, ifMatch }: MappingChange): void {
  if (ifMatch === undefined || ifMatch === before?.version) return
  if (!before) throw apiError('version_conflict', `${topic} has no mapping.`)
  const { version, updatedBy, mapping } = before
  const did = mapping === null ? 'removed' : 'changed'
  throw apiError('version_conflict', `${updatedBy} ${did} this mapping. Version ${version} is the current one.`, {
    version,
  })
}

async function refuseTooMany(db: Db, isNew: boolean): Promise<void> {
  const all = await readMappings(db)
  if (all.filter(({ mapping, isFixed }) => mapping !== null && !isFixed).length >= mostMappings) {
    throw apiError('too_many_mappings', `At most ${mostMappings} topics can have a mapping. Remove one first.`)
  }
  if (!isNew || all.length < mostMappedTopics) return
  const detail = `At most ${mostMappedTopics} topics are kept, also those whose mapping was removed.`
  throw apiError('too_many_mappings', detail)
}

function refuseUnwritable(mapping: FieldMapping): void {
  const issues = unwritablePaths(mapping).map((path) => ({ path: `body.${path}`, message: unwritableText }))
  if (issues.length === 0) return
  throw apiError('invalid_request', 'A text contains characters that cannot be stored.', { issues })
}
