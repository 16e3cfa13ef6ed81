import type { ByteReader, ByteWriter } from './bytes.ts'
import { DamagedError } from '../errors.ts'

const deltaOfDelta = 0
const raw = 1

/** Above this, differences of differences are not exact. The year 10889. */
const widest = 2 ** 48

/** Differences of differences: at a steady pace each is 0, so a time takes one byte. Inexact times stay doubles. */
export function writeTimes(out: ByteWriter, at: Float64Array): void {
  if (!at.every(isExact)) {
    out.byte(raw)
    for (const time of at) out.float64(time)
    return
  }
  out.byte(deltaOfDelta)
  let previous = 0
  let delta = 0
  let first = true
  for (const time of at) {
    const next = time - previous
    out.signed(next - delta)
    previous = time
    // The first time is not a step. Counted as one, it would make the second entry large.
    delta = first ? 0 : next
    first = false
  }
}

/** `at`: room for `n` times. */
export function readTimes(input: ByteReader, n: number, at: Float64Array = new Float64Array(n)): Float64Array {
  const encoding = input.byte()
  if (encoding === raw) {
    for (let i = 0; i < n; i++) at[i] = input.float64()
    return at
  }
  if (encoding !== deltaOfDelta) throw new DamagedError(`unknown time encoding ${encoding}`)
  input.signedRun(at)
  let previous = 0
  let delta = 0
  for (let i = 0; i < n; i++) {
    const next = delta + (at[i] ?? NaN)
    previous += next
    at[i] = previous
    delta = i === 0 ? 0 : next
  }
  return at
}

function isExact(time: number): boolean {
  return Number.isInteger(time) && Math.abs(time) <= widest && !Object.is(time, -0)
}
