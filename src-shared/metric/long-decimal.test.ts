import fc from 'fast-check'
import { expect, test } from 'vitest'
import { leadingDigits, longDecimal } from './long-decimal.ts'

const [leadingFrom, leadingTo] = [10 ** (leadingDigits - 1), 10 ** leadingDigits - 1]
const parts = fc.record({
  leading: fc.oneof(
    fc.maxSafeNat().map((n) => leadingFrom + (n % (leadingTo - leadingFrom))),
    fc.constantFrom(leadingFrom, leadingTo),
  ),
  scale: fc.constantFrom(10, 100, 1000, 10_000),
  more: fc.nat(9999),
  decimals: fc.integer({ min: 0, max: 22 }),
})

test('a quotient is the double that Number reads, or undecided', () => {
  let undecided = 0
  fc.assert(
    fc.property(parts, ({ leading, scale, more, decimals }) => {
      const rest = more % scale
      const quotient = longDecimal(leading, { scale, more: rest, divisor: Number(`1e${decimals}`) })
      const text = `${BigInt(leading) * BigInt(scale) + BigInt(rest)}e-${decimals}`
      if (Number.isNaN(quotient)) undecided++
      else expect(quotient).toBe(Number(text))
    }),
    { numRuns: 20_000 },
  )
  expect(undecided).toBeLessThan(2000)
})

test('doubles as producers print them are decided', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (value) => {
      const [, whole = '', fraction = ''] = /^(\d+)\.(\d+)$/.exec(String(value)) ?? []
      const digits = `${whole}${fraction}`.replace(/^0+/, '')
      if (digits.length < leadingDigits || digits.length > leadingDigits + 4 || fraction.length > 22) return
      const more = digits.slice(leadingDigits)
      const parts = { scale: 10 ** more.length, more: Number(more), divisor: Number(`1e${fraction.length}`) }
      expect(longDecimal(Number(digits.slice(0, leadingDigits)), parts)).toBe(value)
    }),
    { numRuns: 20_000 },
  )
})

test('the middle of two doubles is undecided', () => {
  const middle = { scale: 100, more: 30, divisor: 10 } // 9007199254740993.0
  expect(longDecimal(900_719_925_474_099, middle)).toBeNaN()
})
