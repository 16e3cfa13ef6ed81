import { z } from 'zod'
import type { Rule } from './rule.ts'

const fields = [
  'scope',
  'condition',
  'warning',
  'critical',
  'clear',
  'forSeconds',
  'holdSeconds',
  'noDataSeconds',
  'seconds',
  'severity',
] as const

/** One field of a rule that an edit changed; `null` where it is not set. */
export const RuleEdit = z.strictObject({
  field: z.enum(fields),
  from: z.union([z.number(), z.string()]).nullable(),
  to: z.union([z.number(), z.string()]).nullable(),
})
export type RuleEdit = z.infer<typeof RuleEdit>

/**
 * What differs between two versions, or two rules of one series. The scope of a rule for all nodes is `null`;
 * that of a pattern begins with `pattern`.
 */
export function ruleEdits(before: Rule, after: Rule): RuleEdit[] {
  const from = valuesOf(before)
  const to = valuesOf(after)
  return fields.flatMap((field) => {
    const edit = { field, from: from[field] ?? null, to: to[field] ?? null }
    return edit.from === edit.to ? [] : [edit]
  })
}

function valuesOf({ scope, ...rule }: Rule): { readonly [field in RuleEdit['field']]?: string | number | undefined } {
  if (scope.kind === 'all') return rule
  return { ...rule, scope: scope.kind === 'node' ? scope.nodeId : `pattern ${scope.pattern}` }
}
