import { zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { unzstdInJavaScript } from './zstd.ts'

test('zstd in JavaScript yields the same as zlib, and has the same limit', () => {
  const text = Buffer.from('cpu_usage '.repeat(500))
  const compressed = zstdCompressSync(text)
  expect(Buffer.from(unzstdInJavaScript(compressed, text.length)).equals(text)).toBe(true)
  expect(() => unzstdInJavaScript(compressed, text.length - 1)).toThrow('exceeds the size limit')
})
