import { expect, test } from 'vitest'
import { encodeSamples } from './copy-samples.ts'

test('a row has the layout that PostgreSQL reads', () => {
  const bytes = encodeSamples([{ node: 7, layout: 2, at: Date.UTC(2000, 0, 1) + 5_000_000, values: [1.5] }])
  expect(bytes.toString('hex')).toBe(
    '5047434f50590aff0d0a00' +
      '0000000000000000' +
      '0004' +
      '0000000400000007' +
      '0000000400000002' +
      '00000008000000012a05f200' +
      '00000020' +
      '0000000100000000000002bd0000000100000001' +
      '000000083ff8000000000000' +
      'ffff',
  )
})

test('times before 2000 are negative', () => {
  const bytes = encodeSamples([{ node: 1, layout: 1, at: Date.UTC(2000, 0, 1) - 1, values: [] }])
  expect(bytes.subarray(41, 49).readBigInt64BE()).toBe(-1000n)
})
