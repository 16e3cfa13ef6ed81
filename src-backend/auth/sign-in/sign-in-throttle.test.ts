import { expect, test } from 'vitest'
import { delayAfter } from './sign-in-throttle.ts'

test('four failures are free, then the delay doubles up to a minute and stays there', () => {
  const failures = [0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1_000]
  expect(failures.map(delayAfter)).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60])
})
