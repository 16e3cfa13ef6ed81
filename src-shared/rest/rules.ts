import { z } from 'zod'
import { Rule, RuleDraft } from '../rule/rule.ts'
import { defineOperation } from './operation.ts'
import { Message, pageQuery, UuidParam } from './fields.ts'
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
  errors: [...bodyProblems, 'rule_exists', 'patterns_overlap', 'idempotency_mismatch'],
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
  errors: ['rule_not_found', 'version_conflict', 'idempotency_mismatch'],
})
