import { z } from 'zod'
import { Alert } from '../alert/alert.ts'
import { Rule } from '../rule/rule.ts'

/**
 * One rule as it stands. Compaction keeps the newest record of a key, so earlier versions travel in it (newest last):
 * who reads a backlog judges each record by the version that was in force at its time.
 */
export const RuleRecord = z.object({ rule: Rule, earlier: z.array(Rule).max(50) })
export type RuleRecord = z.infer<typeof RuleRecord>

/** One alert as it stands. `version` grows with each change of it; a tombstone follows when the backend forgets it. */
export const AlertRecord = z.object({ version: z.int().min(1), alert: Alert })
export type AlertRecord = z.infer<typeof AlertRecord>
