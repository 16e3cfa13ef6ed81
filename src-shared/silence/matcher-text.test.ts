import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatMatchers, parseMatchers } from './matcher-text.ts'
import { aMatcher } from './silence-builders.ts'
import { MatcherOperator } from './silence.ts'

test.each([
  ['{node=~"web-.*", severity="critical"}', [aMatcher('node', '=~', 'web-.*'), aMatcher('severity', '=', 'critical')]],
  ['node = web-1', [aMatcher('node', '=', 'web-1')]],
  ['node!~db-.*,severity!=warning', [aMatcher('node', '!~', 'db-.*'), aMatcher('severity', '!=', 'warning')]],
  ['{ node="a" , }', [aMatcher('node', '=', 'a')]],
  ['node="say \\"x\\" \\\\ \\d"', [aMatcher('node', '=', 'say "x" \\ \\d')]],
  ['metric=""', [aMatcher('metric', '=', '')]],
])('%s', (text, matchers) => {
  expect(parseMatchers(text)).toEqual({ ok: true, matchers })
})

test.each([
  ['', 'Expected a matcher, for example node="web-1"; the text ends.', 0, 0],
  ['node', 'Expected =, !=, =~ or !~; the text ends.', 4, 4],
  ['node==x', 'Expected a comma between matchers; found =.', 5, 6],
  ['node=x severity=y', 'Expected a comma between matchers; found s.', 7, 8],
  ['{node="x"', 'Expected a closing brace; the text ends.', 9, 9],
  ['{node="x"} y', 'Expected the end; found y.', 11, 12],
  ['node="x', 'The closing quote is missing.', 5, 7],
  ['4=x', 'Expected the name of a label; found 4.', 0, 1],
  [`node=${'a'.repeat(257)}`, 'A value has at most 256 characters.', 0, 262],
])('%s is refused at its place', (text, problem, from, to) => {
  expect(parseMatchers(text)).toEqual({ ok: false, problem, from, to })
})

test('what is written is read again', () => {
  const matcher = fc.record({
    name: fc.constantFrom('node', 'node_name', 'a.b_c'),
    operator: fc.constantFrom(...MatcherOperator.options),
    value: fc.string({ maxLength: 20, unit: 'binary' }),
  })
  fc.assert(
    fc.property(fc.array(matcher, { minLength: 1, maxLength: 4 }), (matchers) => {
      expect(parseMatchers(formatMatchers(matchers))).toEqual({ ok: true, matchers })
    }),
  )
})

test('no text makes the reader throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}",=!~\\ nodé1.\n') }), (text) => {
      const read = parseMatchers(text)
      if (!read.ok) expect(read.from <= read.to && read.to <= text.length).toBe(true)
    }),
  )
})
