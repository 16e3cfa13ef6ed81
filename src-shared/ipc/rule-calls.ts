import { z } from 'zod'
import { RuleManagement, RulesApplied, RulesApply } from '../rest/rules.ts'
import { Rule, RuleDraft } from '../rule/rule.ts'
import { OperatorAction } from '../team/operator-action.ts'
import { PreviewResult } from '../preview/rule-preview.ts'
import { nothing } from './fields.ts'

/**
 * Result of a threshold change. `saved`: it is in effect, with its version (none after a deletion). `queued`: the
 * backend is unreachable; the change takes effect when the backend has it.
 */
export const RuleChangeResult = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('saved'), rule: Rule.optional() }),
  z.strictObject({ kind: z.literal('queued'), action: OperatorAction }),
])
export type RuleChangeResult = z.infer<typeof RuleChangeResult>

const FileProblem = z.strictObject({ line: z.int(), column: z.int(), message: z.string() })

/** A file of rules that was chosen: its rules, or its problems. */
export const OpenedRules = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('canceled') }),
  z.strictObject({ kind: z.literal('rules'), name: z.string(), rules: z.array(RuleDraft) }),
  z.strictObject({ kind: z.literal('problems'), name: z.string(), problems: z.array(FileProblem) }),
])
export type OpenedRules = z.infer<typeof OpenedRules>

/** Calls about thresholds. */
export const ruleCalls = {
  /** Begins to try a rule on the last hours of the cache, in place of the preview before. */
  'rules.preview': {
    request: z.strictObject({ id: z.uuid().optional(), draft: RuleDraft, hours: z.int().min(1).max(336) }),
    reply: z.strictObject({ id: z.number(), from: z.number(), to: z.number() }),
  },
  /**
   * Goes on for about a tenth of a second. `result`: of the nodes that are done; the preview is complete when all are.
   * Without this call it does no work. `not-found` if another one has begun.
   */
  'rules.previewStep': {
    request: z.strictObject({ id: z.number() }),
    reply: z.strictObject({ done: z.number(), total: z.number(), result: PreviewResult }),
  },
  'rules.list': { request: nothing, reply: z.array(Rule) },
  /** Without `id` a new rule. `version`: the edited version; if another one is in effect, the result is a conflict. */
  'rules.save': {
    request: z.strictObject({ id: z.uuid().optional(), version: z.int().optional(), draft: RuleDraft }),
    reply: RuleChangeResult,
  },
  'rules.remove': { request: z.strictObject({ id: z.uuid(), version: z.int() }), reply: RuleChangeResult },
  /** The rules as the text of a file. */
  'rules.yaml': { request: nothing, reply: z.strictObject({ text: z.string() }) },
  /** Asks where to save that text. */
  'rules.export': { request: nothing, reply: z.strictObject({ saved: z.boolean(), path: z.string().optional() }) },
  /** Asks for a file and reads it. Nothing is applied. */
  'rules.open': { request: nothing, reply: OpenedRules },
  /** All rules become these, or none. Online only: with a backend, the backend applies them. */
  'rules.apply': { request: RulesApply, reply: RulesApplied },
  /** The file that the rules come from, as the backend says it; `null` also where it cannot be asked. */
  'rules.management': { request: nothing, reply: RuleManagement.nullable() },
} satisfies Record<string, { request: z.ZodType; reply: z.ZodType }>
