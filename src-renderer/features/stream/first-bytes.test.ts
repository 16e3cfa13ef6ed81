import { expect, test } from 'vitest'
import { firstBytesAsHex, firstBytesAsText } from './first-bytes.ts'

test('shows bytes that are not text in hex, and replaces them in text', () => {
  const head = btoa('{"a":1}\u0000\u00ff0123456789')
  expect(firstBytesAsText(head)).toBe('{"a":1}\u0000\ufffd0123456789')
  expect(firstBytesAsHex(head)).toBe(
    '0000  7b 22 61 22 3a 31 7d 00 ff 30 31 32 33 34 35 36  {"a":1}..0123456\n0010  37 38 39                                         789',
  )
})

test('an empty record shows nothing', () => {
  expect([firstBytesAsText(''), firstBytesAsHex('')]).toEqual(['', ''])
})
