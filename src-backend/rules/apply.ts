import { knownOfRule } from '#shared/codec/domain-codecs.ts'
import type { RuleManagement, RulesApplied, RulesApply } from '#shared/rest/rules.ts'
import { ruleBookProblem, type RuleBookProblem } from '#shared/rule/rule-book.ts'
import type { RuleDraft } from '#shared/rule/rule.ts'
import { rulesDiff, type RulesDiff } from '#shared/rule/rules-file/rules-diff.ts'
import { writeAudit } from '../audit/service.ts'
import type { Db } from '../db/db.ts'
import { apiError } from '../http/problem.ts'
import type { ChangeAuthor } from '../http/route.ts'
import { deleteManagement, readManagement, writeManagement } from './management-repo.ts'
import { allRules, knownNodeIds, readRevision } from './repo.ts'
import { lockComparedRules, refuseUnwritable, rulesManaged, writeEdit, writeNewRule, writeRemoval } from './service.ts'

export const ruleManagement: (db: Db) => Promise<RuleManagement | null> = readManagement

/**
 * Makes the rules equal to the wanted ones in the caller's transaction: all or none.
 * @throws ApiError `rule_exists`, `patterns_overlap`, `rules_managed`, `version_conflict`, `invalid_request` or `unavailable`
 */
export async function applyRules(db: Db, wanted: RulesApply, author: ChangeAuthor): Promise<RulesApplied> {
  wanted.rules.forEach((draft, i) => refuseUnwritable(draft, `body.rules.${i}`))
  await lockComparedRules(db)
  const before = await readManagement(db)
  if (before && !wanted.managed && !wanted.dryRun) throw rulesManaged(before)
  await refuseOther(db, wanted.ifRevision)
  const problem = ruleBookProblem(wanted.rules, await knownNodeIds(db))
  if (problem) throw apiError(problemCodes[problem.kind], problem.text)
  const diff = rulesDiff(await allRules(db), wanted.rules)
  if (wanted.dryRun) return result(await readRevision(db), diff, before)
  await writeDiff(db, diff, author)
  const management = wanted.managed ? { ...wanted.managed, by: author.actor.username, at: author.now } : null
  if (management) {
    await writeManagement(db, management)
    await auditManagement(db, author, { before, after: management })
  }
  return result(await readRevision(db), diff, management)
}

/** The rules no longer come from a file. */
export async function releaseRules(db: Db, author: ChangeAuthor): Promise<void> {
  await lockComparedRules(db)
  const before = await readManagement(db)
  if (!before) return
  await deleteManagement(db)
  await auditManagement(db, author, { before, after: null })
}

const problemCodes = {
  exists: 'rule_exists',
  overlap: 'patterns_overlap',
  'too-many': 'invalid_request',
} as const satisfies Record<RuleBookProblem['kind'], string>

async function refuseOther(db: Db, ifRevision: number | undefined): Promise<void> {
  if (ifRevision === undefined || ifRevision === (await readRevision(db))) return
  throw apiError('version_conflict', 'A rule changed after the comparison. Compare again.')
}

/** First what goes: a target is free then. */
async function writeDiff(db: Db, { added, changed, removed }: RulesDiff, author: ChangeAuthor): Promise<void> {
  for (const rule of removed) await writeRemoval(db, rule, author)
  for (const { before, after } of changed) await writeEdit(db, { before, draft: after }, author)
  for (const draft of added) await writeNewRule(db, draft, author)
}

async function auditManagement(
  db: Db,
  { actor, requestId }: ChangeAuthor,
  change: { readonly before: RuleManagement | null; readonly after: RuleManagement | null },
): Promise<void> {
  const action = change.after ? 'rules.managed' : 'rules.released'
  const subject = (change.after ?? change.before)?.file ?? ''
  await writeAudit(db, { actor, action, subject, ...change, requestId })
}

function result(revision: number, diff: RulesDiff, management: RuleManagement | null): RulesApplied {
  const added: RuleDraft[] = [...diff.added]
  const changed = diff.changed.map(({ before, after }) => ({ before: knownOfRule(before), after }))
  return { revision, added, changed, removed: diff.removed.map(knownOfRule), management }
}
