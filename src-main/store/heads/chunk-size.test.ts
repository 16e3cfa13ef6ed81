import { expect, test } from 'vitest'
import { fittingBytes, fullBytes, fullRecords, mostRecords } from './chunk-size.ts'
import { Head, headCapacity } from './head.ts'

function headOf(metrics: number): Head {
  const head = new Head()
  head.metrics.push(...Array.from({ length: metrics }, (_, i) => i))
  return head
}

test.each([
  [1, 50_000],
  [8, 50_000],
  [4, 10_000],
  [1, 2_000_000],
])('full heads of %i metrics in %i parts take 96 MiB, or 16 records each', (metrics, parts) => {
  const records = mostRecords(headOf(metrics), parts)
  const bytes = records * 8 * (metrics + 1) * parts
  expect(records === 16 || bytes <= 96 * 1024 * 1024).toBe(true)
  expect(fullRecords(headOf(metrics), parts)).toBeLessThanOrEqual(records)
})

test.each([
  [4, 2_000],
  [8, 3_000],
  [1, 1],
])('heads of %i metrics in %i parts fill a page', (metrics, parts) => {
  const filled = Math.min(headCapacity, Math.floor(fullBytes / (0.2 + 1.4 * metrics)))
  expect(fullRecords(headOf(metrics), parts)).toBe(filled)
})

test('a smaller chunk has such a size that a whole number of them fills a page', () => {
  for (let length = 100; length <= fullBytes; length++) {
    const fitting = fittingBytes(Buffer.alloc(length))
    const ofPage = Math.floor(4088 / (fitting + 48))
    expect(fitting).toBeLessThanOrEqual(length)
    expect(4088 - ofPage * (fitting + 48)).toBeLessThan(ofPage)
  }
})
