import { randomUUID } from 'node:crypto'
import { unknownOfRule } from '#shared/codec/domain-codecs.ts'
import type { RuleManagement } from '#shared/rest/rules.ts'
import { nextEffectiveFrom } from '#shared/rule/effective-from.ts'
import { anyTagsOf } from '#shared/rule/rule-subject.ts'
import { isOfflineRule, metricOfRule, type Rule, type RuleDraft } from '#shared/rule/rule.ts'
import { type RuleIndex, ruleIndex } from '#shared/rule/rule-index.ts'
import { overlapText, patternOverlap, scopeText } from '#shared/rule/rule-scope.ts'
import { missingStockRule, stockRules } from '#shared/rule/stock-rules.ts'
import { writeAudit } from '../audit/service.ts'
import type { Db, Pool } from '../db/db.ts'
import { withTx } from '../db/tx.ts'
import { type ApiError, apiError } from '../http/problem.ts'
import type { ChangeAuthor } from '../http/route.ts'
import { enqueueRule } from '../outbox/enqueue.ts'
import type { RuleDifferences } from '../outbox/rule-differences.ts'
import { isCompared } from '../outbox/team-database.ts'
import { readManagement } from './management-repo.ts'
import {
  findRule,
  findRuleAt,
  type FoundRule,
  insertNextVersion,
  insertRule,
  knownNodeIds,
  listPatternRules,
  listRules,
  listThresholds,
  lockRules,
  putVersion,
  readRevision,
  readVersions,
} from './repo.ts'

export type { FoundRule }

/** A rule to change. With `ifMatch`, only if that version is in effect. Without it, the last write wins. */
export interface VersionedRuleId {
  readonly id: string
  readonly ifMatch: number | undefined
}

/** Rules for the ingest. `revision` shows whether they are old. */
export interface LoadedRules {
  readonly revision: number
  readonly index: RuleIndex
}

export async function getRuleById(db: Db, id: string): Promise<Rule> {
  const found = await findRule(db, id)
  if (found && !found.rule.deleted) return found.rule
  throw apiError('rule_not_found', found ? `${found.rule.updatedBy} deleted this rule.` : `Rule ${id} not found.`)
}

export const ruleAt: (db: Db, target: RuleDraft) => Promise<FoundRule | undefined> = findRuleAt
export const rulesAfter: typeof listRules = listRules
export const thresholdsAfter: typeof listThresholds = listThresholds

/** @throws ApiError `rule_exists`, `patterns_overlap`, `rules_managed` or `unavailable` */
export async function createRule(db: Db, draft: RuleDraft, author: ChangeAuthor): Promise<Rule> {
  refuseUnwritable(draft, 'body')
  await lockEditableRules(db)
  await refuseClash(db, draft, undefined)
  return writeNewRule(db, draft, author)
}

/** @throws ApiError `rule_not_found`, `rule_exists`, `patterns_overlap`, `rules_managed`, `version_conflict` or `unavailable` */
export async function updateRule(
  db: Db,
  change: VersionedRuleId & { draft: RuleDraft },
  author: ChangeAuthor,
): Promise<Rule> {
  refuseUnwritable(change.draft, 'body')
  await lockEditableRules(db)
  const before = await expected(db, change)
  await refuseClash(db, change.draft, before.id)
  return writeEdit(db, { before, draft: change.draft }, author)
}

/**
 * Adds the version that deletes it.
 * @throws ApiError `rule_not_found`, `rules_managed`, `version_conflict` or `unavailable`
 */
export async function removeRule(db: Db, target: VersionedRuleId, author: ChangeAuthor): Promise<Rule> {
  await lockEditableRules(db)
  return writeRemoval(db, await expected(db, target), author)
}

/** Without checks. The rules are locked. */
export async function writeNewRule(db: Db, draft: RuleDraft, author: ChangeAuthor): Promise<Rule> {
  const rule = { id: randomUUID(), ...draft, ...nextVersion(undefined, author), deleted: false }
  await insertRule(db, rule)
  await record(db, author, { before: null, after: rule })
  return rule
}

/** Without checks. The rules are locked. */
export async function writeEdit(
  db: Db,
  { before, draft }: { readonly before: Rule; readonly draft: RuleDraft },
  author: ChangeAuthor,
): Promise<Rule> {
  const edited = { id: before.id, ...draft, ...nextVersion(before, author), deleted: false }
  // An editor of this version cannot have removed keys that it does not know.
  const rule: Rule = { ...unknownOfRule(before), ...edited }
  await insertNextVersion(db, rule)
  await record(db, author, { before, after: rule })
  return rule
}

/** Without checks. The rules are locked. */
export async function writeRemoval(db: Db, before: Rule, author: ChangeAuthor): Promise<Rule> {
  const rule = { ...before, ...nextVersion(before, author), deleted: true }
  await insertNextVersion(db, rule)
  await record(db, author, { before, after: rule })
  return rule
}

/** Locks the rules until the transaction ends, for callers that read before they write. */
export const lockForChange: (db: Db) => Promise<void> = lockRules

/**
 * Inserts the stock rules into a database that never had a rule, and into one of version 0.1.0 that for nodes that are
 * offline. Deleted ones stay deleted.
 */
export async function prepareRules(pool: Pool): Promise<void> {
  await withTx(pool, async (db) => {
    await lockRules(db)
    const known = await readVersions(db)
    // In effect from the beginning of time, for the backlog at the first start.
    const stock = known.length === 0 ? stockRules(0) : [missingStockRule(known)]
    for (const rule of stock) {
      if (rule === undefined) continue
      await insertRule(db, rule)
      await enqueueRule(db, rule.id)
    }
  })
}

/** The newest versions of every rule by its id, oldest first: as many as its record in Kafka has. */
export async function ruleVersions(db: Db): Promise<ReadonlyMap<string, readonly Rule[]>> {
  return Map.groupBy(await readVersions(db), ({ id }) => id)
}

/** Stores the result of a comparison with Kafka: without checks, audit rows or outbox rows. */
export async function storeDifferences(
  db: Db,
  { history, next, unknown }: Pick<RuleDifferences, 'history' | 'next' | 'unknown'>,
): Promise<void> {
  const newest = new Map([...history, ...next].map((rule) => [rule.id, rule]))
  for (const id of unknown) await insertRule(db, newest.get(id) as Rule)
  for (const rule of history) await putVersion(db, rule)
  for (const rule of next) if (!unknown.has(rule.id)) await insertNextVersion(db, rule)
}

/** Cheap: every transaction of the ingest reads it. */
export const ruleRevision: (db: Db) => Promise<number> = readRevision

export async function loadRules(db: Db): Promise<LoadedRules> {
  const revision = await readRevision(db) // first: a change committed in between is then read again, not missed
  return { revision, index: ruleIndex(await readVersions(db)) }
}

/**
 * After a restore, new versions are issued only after the comparison with Kafka. Consoles keep the first contents of a
 * version.
 */
export async function lockComparedRules(db: Db): Promise<void> {
  await lockRules(db)
  if (await isCompared(db)) return
  const detail = 'Thresholds cannot be changed until this backend has compared them with those in Kafka.'
  throw apiError('unavailable', detail, { retryAfterSeconds: 2 })
}

/** As `lockComparedRules`, for a change of one rule: rules of a file change with the file alone. */
async function lockEditableRules(db: Db): Promise<void> {
  await lockComparedRules(db)
  const management = await readManagement(db)
  if (management) throw rulesManaged(management)
}

export function rulesManaged({ file, revision }: RuleManagement): ApiError {
  return apiError(
    'rules_managed',
    `The rules are managed from ${file} at ${revision}. To change a rule, change the file.`,
  )
}

async function expected(db: Db, { id, ifMatch }: VersionedRuleId): Promise<Rule> {
  const rule = await getRuleById(db, id)
  if (ifMatch === undefined || ifMatch === rule.version) return rule
  throw apiError('version_conflict', `${rule.updatedBy} changed this rule. Version ${rule.version} is now in effect.`, {
    version: rule.version,
  })
}

/** Of two rules for one target, only one would be evaluated. So it is with two patterns that match one node. */
async function refuseClash(db: Db, draft: RuleDraft, id: string | undefined): Promise<void> {
  const other = await findRuleAt(db, draft)
  if (other && other.rule.id !== id) {
    const what = isOfflineRule(draft) ? 'offline nodes' : draft.metric
    throw apiError('rule_exists', `A rule for ${what} on ${scopeText(draft.scope)} already exists. Change that one.`)
  }
  if (draft.scope.kind !== 'pattern') return
  const patterns = (await listPatternRules(db, draft)).filter((rule) => rule.id !== id)
  const overlap = patterns.length === 0 ? undefined : patternOverlap(draft, patterns, await knownNodeIds(db))
  if (overlap) throw apiError('patterns_overlap', overlapText(overlap))
}

function nextVersion(
  before: Rule | undefined,
  { actor, now }: ChangeAuthor,
): Pick<Rule, 'version' | 'effectiveFrom' | 'updatedBy' | 'updatedAt'> {
  const effectiveFrom = nextEffectiveFrom(now, before)
  return { version: (before?.version ?? 0) + 1, effectiveFrom, updatedBy: actor.username, updatedAt: now }
}

async function record(db: Db, author: ChangeAuthor, change: { before: Rule | null; after: Rule }): Promise<void> {
  const { actor, requestId } = author
  const { id, deleted } = change.after
  const action = deleted ? 'rule.removed' : change.before ? 'rule.changed' : 'rule.created'
  await writeAudit(db, {
    actor,
    action,
    subject: id,
    before: change.before,
    after: deleted ? null : change.after,
    requestId,
  })
  await enqueueRule(db, id)
}

/**
 * JSON can contain NUL and unpaired surrogates, PostgreSQL cannot.
 * @param place path of the draft in the request
 */
export function refuseUnwritable(draft: RuleDraft, place: string): void {
  const { scope } = draft
  const names = {
    metric: metricOfRule(draft),
    anyTags: anyTagsOf(draft).join(' '),
    'scope.nodeId': scope.kind === 'node' ? scope.nodeId : '',
    'scope.pattern': scope.kind === 'pattern' ? scope.pattern : '',
  }
  const issues = Object.entries(names)
    .filter(([, text]) => text.includes('\0') || !text.isWellFormed())
    .map(([name]) => ({ path: `${place}.${name}`, message: 'expected text without NUL and without broken characters' }))
  if (issues.length > 0)
    throw apiError('invalid_request', 'A name contains characters that cannot be stored.', { issues })
}
