import { expect, test } from 'vitest'
import { Utf8Buffer } from './utf8-buffer.ts'

test('text of any script is complete, whatever size was expected', () => {
  for (const size of [0, 3, 1_000]) {
    const text = new Utf8Buffer(size)
    for (const part of ['a,', 'größe', ' 温度', '🌡', '']) text.add(part)
    expect(text.bytes().toString('utf8')).toBe('a,größe 温度🌡')
    expect(text.length).toBe(Buffer.byteLength('a,größe 温度🌡'))
  }
})
