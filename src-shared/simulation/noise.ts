/**
 * Randomness without a generator: every value is a pure function of (seed, stream, n). Any time can be computed in any
 * order, with the same result on every machine.
 */

/** Uniform in [0, 1). `stream` separates independent uses of one seed. Mixes as MurmurHash3 (Appleby, 2011). */
export function uniform(seed: number, stream: number, n: number): number {
  let h = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca77) ^ Math.imul(n, 0xc2b2ae3d)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 0x1_0000_0000
}

const persistence = 0.9
const terms = 40
const unitVariance = Math.sqrt(12 * (1 - persistence ** 2))

/**
 * Autocorrelated noise, as load has: a first-order autoregressive process, x(n) = 0.9 x(n-1) + e(n), one step a second,
 * truncated after 40 terms (0.9^40 = 1.5 %). Mean 0, variance 1; linear between the seconds.
 * @param seconds any time, fractions allowed
 */
export function autocorrelatedNoise(seed: number, stream: number, seconds: number): number {
  const n = Math.floor(seconds)
  let weight = 1
  let x = 0
  for (let back = 0; back < terms; back++) {
    x += weight * (uniform(seed, stream, n - back) - 0.5)
    weight *= persistence
  }
  const next = persistence * x + uniform(seed, stream, n + 1) - 0.5
  return unitVariance * (x + (seconds - n) * (next - x))
}
