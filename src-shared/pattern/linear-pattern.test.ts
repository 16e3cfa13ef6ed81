import { expect, test } from 'vitest'
import { compilePattern, longestPattern } from './linear-pattern.ts'

const matches = (pattern: string, text: string): boolean | undefined => {
  const compiled = compilePattern(pattern)
  return compiled.ok ? compiled.matches(text) : undefined
}

test.each([
  ['db-.*', 'db-1', true],
  ['db-.*', 'my-db-1', false],
  ['db', 'db-1', false],
  ['web-(1|2)', 'web-2', true],
  ['', '', true],
  ['', 'x', false],
  ['.*', 'two\nlines', false],
])('%s matches the whole of %j: %s', (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected)
})

test.each([
  ['(a', 'Missing closing ): (a', '(a'],
  ['[z-a]', 'Invalid character class range: z-a', 'z-a'],
  ['x{2,1}', 'Invalid repeat count: {2,1}', '{2,1}'],
  ['(?=x)', 'Invalid or unsupported Perl syntax: (?=', '(?='],
])('%s is refused with the part that is wrong', (pattern, problem, part) => {
  expect(compilePattern(pattern)).toEqual({ ok: false, problem, part })
})

test('a pattern that is too long is refused', () => {
  const problem = 'A pattern has at most 256 characters.'
  expect(compilePattern('a'.repeat(longestPattern))).toMatchObject({ ok: true })
  expect(compilePattern('a'.repeat(longestPattern + 1))).toEqual({ ok: false, problem })
})

test('a pattern that would take a backtracking engine for ever is answered', () => {
  expect(matches('(a+)+b', 'a'.repeat(10_000))).toBe(false)
})
