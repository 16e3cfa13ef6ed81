import { expect, test } from 'vitest'
import { backOffMs } from './waiting.ts'

test('the wait doubles from 0.25 s and stays at 30 s', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 50].map((failures) => backOffMs(failures, 0))).toEqual([
    250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
  ])
})

test('the random part subtracts up to a fifth', () => {
  expect([0, 0.5, 1].map((random) => backOffMs(8, random))).toEqual([30_000, 27_000, 24_000])
})
