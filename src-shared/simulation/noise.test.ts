import { expect, test } from 'vitest'
import { uniform, autocorrelatedNoise } from './noise.ts'

const numbers = Array.from({ length: 20_000 }, (_, n) => n)
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const covariance = (a: readonly number[], b: readonly number[]) =>
  mean(a.map((x, i) => (x - mean(a)) * ((b[i] ?? 0) - mean(b))))

test('uniform fills [0, 1) evenly', () => {
  const values = numbers.map((n) => uniform(1, 0, n))
  const buckets = new Array<number>(10).fill(0)
  for (const value of values) buckets[Math.floor(value * 10)] = (buckets[Math.floor(value * 10)] ?? 0) + 1
  for (const count of buckets) expect(Math.abs(count - 2000)).toBeLessThan(200)
})

test('neighboring seeds and streams are independent', () => {
  const base = numbers.map((n) => uniform(1, 0, n) - 0.5)
  const seed = numbers.map((n) => uniform(2, 0, n) - 0.5)
  const stream = numbers.map((n) => uniform(1, 1, n) - 0.5)
  const short = numbers.slice(0, 4000)
  for (const other of [seed, stream])
    expect(Math.abs(mean(short.map((n) => (base[n] ?? 0) * (other[n] ?? 0))))).toBeLessThan(0.01)
})

test('autocorrelated noise has mean 0, variance 1 and keeps nine tenths from second to second', () => {
  const values = numbers.slice(0, 8000).map((n) => autocorrelatedNoise(3, 0, 1_700_000_000 + n))
  const variance = covariance(values.slice(0, 2000), values.slice(0, 2000))
  expect(Math.abs(mean(values))).toBeLessThan(0.2)
  expect(Math.abs(variance - 1)).toBeLessThan(0.25)
  const now = values.slice(0, 2000)
  const next = values.slice(1, 2001)
  expect(covariance(now, next) / variance).toBeCloseTo(0.9, 1)
})

test('autocorrelated noise is continuous between the seconds', () => {
  for (let n = 0; n < 200; n++) {
    const step = Math.abs(autocorrelatedNoise(3, 0, 1000 + n - 1e-9) - autocorrelatedNoise(3, 0, 1000 + n))
    expect(step).toBeLessThan(0.05)
  }
})
