import { z } from 'zod'
import { NodeAlert } from '../alert/alert.ts'
import { Rule } from '../rule/rule.ts'

/**
 * Current version of a rule. Compaction keeps the newest record of a key, so earlier versions travel in it (newest
 * last). So a reader of a backlog evaluates each record by the version in effect at its time.
 */
export const RuleRecord = z.object({ rule: Rule, earlier: z.array(Rule).max(50) })
export type RuleRecord = z.infer<typeof RuleRecord>

/** Current state of an alert about a node. `version` grows with each change. A tombstone follows when the backend deletes it. */
export const AlertRecord = z.object({ version: z.int().min(1), alert: NodeAlert })
export type AlertRecord = z.infer<typeof AlertRecord>
