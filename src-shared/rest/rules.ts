import { z } from 'zod'
import { Rule, RuleDraft } from '../rule/rule.ts'
import { mostFileRules } from '../rule/rules-file/file-fields.ts'
import { defineOperation } from './operation.ts'
import { Message, pageQuery, textField, UuidParam } from './fields.ts'
import { bodyProblems } from './problems.ts'

export const listRulesOperation = defineOperation({
  method: 'get',
  path: '/api/rules',
  access: 'viewer',
  tag: 'rules',
  summary: 'Current and upcoming rules; times in epoch ms, as in remo-rules',
  query: z.object({ ...pageQuery, limit: pageQuery.limit.prefault('500') }),
  ok: { status: 200, body: z.array(Rule), pages: true },
  errors: [],
})

export const getRuleOperation = defineOperation({
  method: 'get',
  path: '/api/rules/:id',
  access: 'viewer',
  tag: 'rules',
  summary: 'Latest version of one rule',
  params: UuidParam,
  ok: { status: 200, body: Rule, etag: true },
  errors: ['rule_not_found'],
})

export const createRuleOperation = defineOperation({
  method: 'post',
  path: '/api/rules',
  access: 'admin',
  tag: 'rules',
  summary: 'Create a rule. It takes effect a few seconds later, at the same record on every evaluator',
  headers: ['idempotency-key'],
  body: { schema: RuleDraft },
  ok: { status: 201, body: Rule, etag: true },
  errors: [...bodyProblems, 'rule_exists', 'patterns_overlap', 'rules_managed', 'idempotency_mismatch'],
})

export const updateRuleOperation = defineOperation({
  method: 'put',
  path: '/api/rules/:id',
  access: 'admin',
  tag: 'rules',
  summary: 'Update a rule: creates a new version',
  headers: ['if-match', 'idempotency-key'],
  params: UuidParam,
  body: { schema: RuleDraft },
  ok: { status: 200, body: Rule, etag: true },
  errors: [
    ...bodyProblems,
    'rule_not_found',
    'rule_exists',
    'patterns_overlap',
    'rules_managed',
    'version_conflict',
    'idempotency_mismatch',
  ],
})

export const removeRuleOperation = defineOperation({
  method: 'delete',
  path: '/api/rules/:id',
  access: 'admin',
  tag: 'rules',
  summary: 'Delete a rule: its last version is marked as deleted',
  headers: ['if-match', 'idempotency-key'],
  params: UuidParam,
  ok: { status: 200, body: Message },
  errors: ['rule_not_found', 'rules_managed', 'version_conflict', 'idempotency_mismatch'],
})

/** The file that all rules come from, and its version, as the user who applied it names them. */
const RulesOrigin = z.strictObject({ file: textField(1, 300), revision: textField(1, 100) })

/** Rules that come from a file. No other change of them is accepted until an administrator releases them. */
export const RuleManagement = z.strictObject({
  ...RulesOrigin.shape,
  by: z.string(),
  /** Epoch ms. */
  at: z.number(),
})
export type RuleManagement = z.infer<typeof RuleManagement>

/** All rules as they must be. Those that are not in it are deleted. */
export const RulesApply = z.strictObject({
  rules: z.array(RuleDraft).max(mostFileRules),
  /** `revision` of a result: refused if any rule changed since. */
  ifRevision: z.int().min(0).optional(),
  /** Only says what would change. */
  dryRun: z.boolean().optional(),
  /** The rules come from this file from now on. Required while they come from one. */
  managed: RulesOrigin.optional(),
})
export type RulesApply = z.infer<typeof RulesApply>

/** What changed, or would change. */
export const RulesApplied = z.strictObject({
  /** Grows with each change of any rule. */
  revision: z.int(),
  added: z.array(RuleDraft),
  changed: z.array(z.strictObject({ before: Rule, after: RuleDraft })),
  removed: z.array(Rule),
  management: RuleManagement.nullable(),
})
export type RulesApplied = z.infer<typeof RulesApplied>

export const applyRulesOperation = defineOperation({
  method: 'post',
  path: '/api/rules/apply',
  access: 'admin',
  tag: 'rules',
  summary: 'Make the rules equal to these, all or none. Rules that are not among them are deleted',
  headers: ['idempotency-key'],
  body: { schema: RulesApply, maxBytes: 4_000_000 },
  ok: { status: 200, body: RulesApplied },
  errors: [
    ...bodyProblems,
    'rule_exists',
    'patterns_overlap',
    'rules_managed',
    'version_conflict',
    'idempotency_mismatch',
  ],
})

export const getRuleManagementOperation = defineOperation({
  method: 'get',
  path: '/api/rules/management',
  access: 'viewer',
  tag: 'rules',
  summary: 'The file that all rules come from, or null',
  ok: { status: 200, body: RuleManagement.nullable() },
  errors: [],
})

export const releaseRulesOperation = defineOperation({
  method: 'delete',
  path: '/api/rules/management',
  access: 'admin',
  tag: 'rules',
  summary: 'The rules no longer come from a file: administrators can change them again',
  headers: ['idempotency-key'],
  ok: { status: 200, body: Message },
  errors: ['idempotency_mismatch'],
})
