import { z } from 'zod'
import { Acknowledgement, AlertId } from '../alert/alert.ts'
import { RuleDraft } from '../rule/rule.ts'

/**
 * Something an operator did that the backend has to hear of. Kept in the console's cache until it did; `id` is the
 * idempotency key, `at` (epoch ms) when it was done, `user` who did it.
 */
export const OperatorAction = z.strictObject({
  id: z.uuid(),
  at: z.number(),
  user: z.string().min(1).max(128),
  change: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('acknowledge'), alertId: AlertId, acknowledgement: Acknowledgement }),
    /** Without `ruleId` a new rule; `version` is the one that was edited. */
    z.strictObject({
      kind: z.literal('save-rule'),
      ruleId: z.uuid().optional(),
      version: z.int().optional(),
      draft: RuleDraft,
    }),
    z.strictObject({ kind: z.literal('remove-rule'), ruleId: z.uuid(), version: z.int() }),
  ]),
  /** `conflict`: somebody else was first; `refused`: the backend will never take it. Both stay until dismissed. */
  state: z.enum(['waiting', 'conflict', 'refused']),
  /** One sentence about the last attempt. */
  problem: z.string().optional(),
})
export type OperatorAction = z.infer<typeof OperatorAction>
export type OperatorChange = OperatorAction['change']
