import type { Threshold } from '#shared/rest/thresholds.ts'
import { ruleOfSimpleThreshold, type SimpleThreshold } from '#shared/rule/simple-threshold.ts'
import type { Db } from '../db/db.ts'
import { apiError } from '../http/problem.ts'
import type { ChangeAuthor } from '../http/route.ts'
import { createRule, lockForChange, removeRule, ruleAt, thresholdsAfter, updateRule } from '../rules/service.ts'
import { isKnownNode, ruleIdOf } from './repo.ts'
import { thresholdItem } from './threshold-item.ts'

export const listThresholds: typeof thresholdsAfter = thresholdsAfter

/** Creates the rule of this node and metric, or its next version. */
export async function saveThreshold(
  db: Db,
  { ifMatch, ...simple }: SimpleThreshold & { ifMatch: number | undefined },
  author: ChangeAuthor,
): Promise<Threshold> {
  const { nodeId, metric } = simple
  if (!(await isKnownNode(db, nodeId))) throw apiError('node_not_found', `Node ${nodeId} not found.`)
  const draft = ruleOfSimpleThreshold(simple)
  await lockForChange(db)
  const found = await ruleAt(db, draft)
  if (found) await updateRule(db, { id: found.rule.id, ifMatch, draft }, author)
  else if (ifMatch === undefined) await createRule(db, draft, author)
  else throw apiError('version_conflict', `The threshold for ${metric} on ${nodeId} no longer exists.`)
  const saved = await ruleAt(db, draft)
  if (!saved) throw new Error(`the threshold for ${metric} of ${nodeId} was saved, but does not exist`)
  return thresholdItem(saved)
}

export async function removeThreshold(
  db: Db,
  { number, ifMatch }: { number: number; ifMatch: number | undefined },
  author: ChangeAuthor,
): Promise<void> {
  await lockForChange(db)
  const id = await ruleIdOf(db, number)
  if (id === undefined) throw apiError('threshold_not_found', `Threshold ${number} not found.`)
  await removeRule(db, { id, ifMatch }, author)
}
