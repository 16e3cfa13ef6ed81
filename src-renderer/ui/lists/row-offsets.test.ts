import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RowOffsets } from './row-offsets.ts'

test('rows of different heights follow each other', () => {
  const offsets = new RowOffsets([40, 28, 28, 40, 28])
  expect([0, 1, 2, 3, 4].map((index) => offsets.topOf(index))).toEqual([0, 40, 68, 96, 136])
  expect(offsets.total).toBe(164)
})

test('a row is found from its first pixel to its last', () => {
  const offsets = new RowOffsets([40, 28, 28])
  expect([0, 39.9, 40, 67.9, 68, 95.9].map((y) => offsets.endedAt(y))).toEqual([0, 0, 1, 1, 2, 2])
})

test('above the list is its first row, below it none', () => {
  const offsets = new RowOffsets([40, 28])
  expect(offsets.endedAt(-200)).toBe(0)
  expect(offsets.endedAt(68)).toBe(2)
  expect(offsets.endedAt(1e9)).toBe(2)
})

test('an empty list has no height and no row', () => {
  const offsets = new RowOffsets([])
  expect(offsets.total).toBe(0)
  expect(offsets.endedAt(0)).toBe(0)
})

test('each pixel belongs to the row that a search from the top finds', () => {
  const heights = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(heights, fc.nat(7200), (each, y) => {
      const offsets = new RowOffsets(each)
      const expected = each.findIndex((_, index) => offsets.topOf(index + 1) > y)
      expect(offsets.endedAt(y)).toBe(expected < 0 ? each.length : expected)
    }),
  )
})
