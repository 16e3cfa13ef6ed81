import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortLists } from './layouts.ts'

test('a list is cut where it gets too long for an index, and nowhere else', () => {
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 256 }).filter((text) => text.isWellFormed())
  fc.assert(
    fc.property(fc.array(name, { maxLength: 300 }), (names) => {
      const lists = shortLists(names)
      expect(lists.flat()).toEqual(names)
      for (const [i, list] of lists.entries()) {
        const bytes = list.reduce((sum, text) => sum + Buffer.byteLength(text) + 8, 0)
        expect(bytes).toBeLessThanOrEqual(2_600)
        const next = lists[i + 1]?.[0]
        if (next !== undefined) expect(list.length === 200 || bytes + Buffer.byteLength(next) + 8 > 2_400).toBe(true)
      }
    }),
  )
})

test('a record of a common program is one row, one of 1,024 metrics is some', () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `disk.used_percent{path=/${n}}`)
  expect([0, 1, 64, 1_024].map((count) => shortLists(names(count)).length)).toEqual([0, 1, 1, 16])
})
