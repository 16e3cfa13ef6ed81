import { expect, test } from 'vitest'
import { z } from 'zod'
import { aRule, anOfflineRule } from '../rule/rule-builders.ts'
import { Rule } from '../rule/rule.ts'
import { schemaIssues } from './schema-issues.ts'

const problemsOf = (schema: z.ZodType, value: unknown): string[] =>
  schemaIssues(schema.safeParse(value).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)

test('a wrong rule has the issues of its own kind, with their paths', () => {
  const broken = [aRule(), { ...aRule(), version: 0 }, { ...anOfflineRule(), seconds: 1 }]
  expect(problemsOf(z.object({ rules: z.array(Rule) }), { rules: broken })).toEqual([
    'rules.1.version: Too small: expected number to be >=1',
    'rules.2.seconds: Too small: expected number to be >=5',
  ])
})

test('unions in unions, and issues outside of unions', () => {
  const schema = z.object({
    a: z.union([z.union([z.object({ b: z.number() }), z.string()]), z.boolean()]),
    c: z.number(),
  })
  expect(problemsOf(schema, { a: { b: 'x' }, c: 'y' })).toEqual([
    'a.b: Invalid input: expected number, received string',
    'c: Invalid input: expected number, received string',
  ])
})
