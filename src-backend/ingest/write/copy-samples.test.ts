import { expect, test } from 'vitest'
import { encodeSamples, type SampleRows } from './copy-samples.ts'

function aRow({
  node,
  layout,
  at,
  values,
}: {
  node: number
  layout: number
  at: number
  values: number[]
}): SampleRows {
  return {
    count: 1,
    node: Int32Array.of(node),
    layout: Int32Array.of(layout),
    at: Float64Array.of(at),
    first: Uint32Array.of(1),
    width: Uint32Array.of(values.length),
    values: Float64Array.of(NaN, ...values, NaN),
  }
}

test('a row has the layout that PostgreSQL reads', () => {
  const bytes = encodeSamples([aRow({ node: 7, layout: 2, at: Date.UTC(2000, 0, 1) + 5_000_000, values: [1.5] })])
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
  const bytes = encodeSamples([aRow({ node: 1, layout: 1, at: Date.UTC(2000, 0, 1) - 1, values: [] })])
  expect(bytes.subarray(41, 49).readBigInt64BE()).toBe(-1000n)
})
