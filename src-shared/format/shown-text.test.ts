import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shownText } from './shown-text.ts'

test.each([
  ['\u202egpj.nimda', '\\u202egpj.nimda'],
  ['node\u200b-1', 'node\\u200b-1'],
  ['node-1\u00a0', 'node-1\\u00a0'],
  ['a\u2066b\u2069', 'a\\u2066b\\u2069'],
  ['line\nbreak\ttab\u0000', 'line\\u000abreak\\u0009tab\\u0000'],
  ['\ufeffnode', '\\ufeffnode'],
  ['node\u{e0041}', 'node\\u{e0041}'],
  ['no\u200dde', 'no\\u200dde'],
  ['\ud800', '\\ud800'],
])('what is not seen is written: %j', (text, shown) => {
  expect(shownText(text)).toBe(shown)
})

test.each(['node-1', 'Sever Ä 1', '°C', 'سرور', 'שרת-1', '節点', '👨‍👩‍👧', 'می‌خواهم', 'a_b.c/d %'])(
  '%s stays as it is',
  (text) => {
    expect(shownText(text)).toBe(text)
  },
)

test('no shown text has a control or a mark of direction', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(shownText(text)).not.toMatch(/[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/u)
    }),
  )
})
