import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader, ByteWriter } from './bytes.ts'
import type { SampleColumns } from './chunk.ts'
import { byTime, Chunk, encodeChunk } from './chunk.ts'
import { defined } from '../store-builders.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const decimal = fc
  .tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 8 }))
  .map(([k, p]) => k / 10 ** p)
const value = fc.oneof(finite, decimal, fc.constantFrom(0, -0, 1e300, 5e-324, 2 ** 53, NaN))
const time = fc.oneof(
  fc.integer({ min: 1.7e12, max: 1.8e12 }),
  fc.integer({ min: -8.64e15, max: 8.64e15 }),
  fc.constant(0),
)
const records: fc.Arbitrary<SampleColumns> = fc
  .record({ n: fc.integer({ min: 1, max: 260 }), metrics: fc.uniqueArray(fc.nat(1e6), { minLength: 1, maxLength: 5 }) })
  .chain(({ n, metrics }) =>
    fc.record({
      metrics: fc.constant(metrics),
      at: column(time, n),
      columns: fc.tuple(...metrics.map(() => fc.oneof(column(value, n), column(decimal, n)))),
    }),
  )

function column(of: fc.Arbitrary<number>, n: number): fc.Arbitrary<Float64Array> {
  return fc.array(of, { minLength: n, maxLength: n }).map((values) => Float64Array.from(values))
}

function bits(values: Float64Array): BigUint64Array {
  return new BigUint64Array(values.slice().buffer)
}

describe('a chunk', () => {
  it('restores any finite values and any times bit by bit, sorted by time', () => {
    fc.assert(
      fc.property(records, (given) => {
        const sorted = byTime(given)
        const chunk = new Chunk(encodeChunk(given, 7))
        expect(chunk.at).toEqual(sorted.at)
        given.metrics.forEach((metric, m) =>
          expect(bits(defined(chunk.values(metric)))).toEqual(
            bits(defined(sorted.columns[m]).map((v) => (v === v ? v : NaN))),
          ),
        )
      }),
      { numRuns: 300 },
    )
  })

  it('has count, minimum, maximum, sum and newest value of each metric in its header', () => {
    const at = Float64Array.of(3000, 1000, 2000)
    const data = encodeChunk(
      { metrics: [4, 9], at, columns: [Float64Array.of(3, 1, -2), Float64Array.of(NaN, 5, NaN)] },
      2,
    )
    expect(new Chunk(data).header).toEqual({
      ordinal: 2,
      n: 3,
      t0: 1000,
      t1: 3000,
      metrics: [
        { metric: 4, n: 3, min: -2, max: 3, sum: 2, last: 3 },
        { metric: 9, n: 1, min: 5, max: 5, sum: 5, last: 5 },
      ],
    })
  })

  it('keeps the order of arrival for records of the same time', () => {
    const chunk = new Chunk(
      encodeChunk({ metrics: [1], at: Float64Array.of(5, 1, 5, 1), columns: [Float64Array.of(10, 20, 30, 40)] }, 0),
    )
    expect([...defined(chunk.values(1))]).toEqual([20, 40, 10, 30])
  })

  it('takes about two bytes per value for metrics with one decimal at a steady pace', () => {
    const n = 240
    const at = Float64Array.from({ length: n }, (_, i) => 1.76e12 + i * 5000)
    const columns = [1, 2, 3, 4].map((m) =>
      Float64Array.from({ length: n }, (_, i) => Math.round(500 + 20 * Math.sin(i * m)) / 10),
    )
    expect(encodeChunk({ metrics: [0, 1, 2, 3], at, columns }, 0).length / (4 * n)).toBeLessThan(2.1)
  })

  it('is rejected when it is truncated', () => {
    const data = encodeChunk({ metrics: [1], at: Float64Array.of(1, 2), columns: [Float64Array.of(1, 2)] }, 0)
    expect(() => new Chunk(data.subarray(0, data.length - 1)).values(1)).toThrow('ends too early')
    expect(() => new Chunk(data.subarray(0, data.length - 1)).at).not.toThrow()
    expect(() => new Chunk(Buffer.from([9, 9]))).toThrow('unknown chunk format')
  })
})

describe('numbers in bytes', () => {
  it('are restored exactly up to 2^52', () => {
    const limit = 2 ** 52 - 1
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: limit }),
        fc.integer({ min: -(2 ** 51) + 1, max: 2 ** 51 - 1 }),
        fc.string({ unit: 'grapheme' }),
        (u, s, t) => {
          const out = new ByteWriter(1)
          out.unsigned(u)
          out.signed(s)
          out.text(t)
          const input = new ByteReader(out.written())
          expect([input.unsigned(), input.signed(), input.text(), input.done]).toEqual([u, s, t, true])
        },
      ),
    )
  })
})
