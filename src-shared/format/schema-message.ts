import type { z } from 'zod'

type RawIssue = Parameters<z.core.$ZodErrorMap>[0]
type Issue = z.core.$ZodIssue

/**
 * What a value is expected to be, in words of ReMo instead of zod's. For the `error` of `safeParse`; messages of a
 * schema itself take precedence. Starts in lower case and has no full stop: the place of the value precedes it.
 */
export const schemaMessage: z.core.$ZodErrorMap = (issue) => messages[issue.code]?.(issue) ?? 'has a wrong value'

const messages: Readonly<Record<string, ((issue: RawIssue) => string) | undefined>> = {
  invalid_type: (issue) =>
    issue.input === undefined ? 'required' : `expected ${typeNames[text(issue['expected'])] ?? 'another type'}`,
  invalid_value: ({ values }) =>
    `expected ${listOf((values as readonly unknown[]).map((value) => JSON.stringify(value)))}`,
  invalid_format: (issue) => formatNames[text(issue['format'])] ?? 'has a wrong form',
  too_small: (issue) => sizeMessage(issue, Number(issue['minimum']), 'at least'),
  too_big: (issue) => sizeMessage(issue, Number(issue['maximum']), 'at most'),
  not_multiple_of: ({ divisor }) => `expected a multiple of ${text(divisor)}`,
  unrecognized_keys: ({ keys }) => `unknown field ${listOf(keys as readonly string[], 'and')}`,
  invalid_key: () => 'has a field with a wrong name',
  invalid_element: () => 'has a wrong entry',
  invalid_union: (issue) => (issue.input === undefined ? 'required' : 'has none of the possible forms'),
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
  null: 'null',
}

const formatNames: Readonly<Record<string, string>> = {
  email: 'expected an email address',
  uuid: 'expected a UUID',
  url: 'expected a URL',
  datetime: 'expected a time such as 2026-11-24T10:15:30Z',
  safeint: 'expected a whole number',
}

function sizeMessage(issue: RawIssue, size: number, bound: string): string {
  if (issue['origin'] === 'string') {
    return size === 1 && bound === 'at least' ? 'must not be empty' : `expected ${bound} ${count(size, 'character')}`
  }
  if (issue['origin'] === 'array') return `expected ${bound} ${count(size, 'entry', 'entries')}`
  if (issue['inclusive'] === false) return `expected ${bound === 'at least' ? 'more' : 'less'} than ${size}`
  return `expected ${bound} ${size}`
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}

/** `a`, `a or b`, `a, b or c`. */
function listOf(items: readonly (string | undefined)[], last = 'or'): string {
  const front = items.slice(0, -1).join(', ')
  return front === '' ? String(items.at(-1)) : `${front} ${last} ${String(items.at(-1))}`
}

function text(value: unknown): string {
  return String(value)
}

/**
 * Issues of one value, without those that only say "one of these": a union is replaced by the alternative that fits
 * best, because its fields are what the person meant.
 */
export function flatIssues(issues: readonly Issue[], path: readonly PropertyKey[] = []): readonly Issue[] {
  return issues.flatMap((issue): readonly Issue[] => {
    const place = [...path, ...issue.path]
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path: place }]
    const alternatives = issue.errors.map((errors) => flatIssues(errors, place))
    return alternatives.reduce((best, other) => (distance(other) < distance(best) ? other : best))
  })
}

/** How far a value is from an alternative. */
function distance(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0)
}
