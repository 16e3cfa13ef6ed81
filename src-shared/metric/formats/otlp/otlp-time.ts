/** A time in nanoseconds since 1970, as two numbers that are exact: milliseconds, and nanoseconds behind them. */
export interface NanoTime {
  ms: number
  ns: number
}

const nsPerMs = 1e6
/** 2^32 ns are 4294 ms and this number of ns. */
const msOfHigh = 4_294
const nsOfHigh = 967_296

/** The least time that counts, 1973. A smaller number is not in nanoseconds. */
export const leastMs = 1e11

/** The time in the high and low 32 bits of its nanoseconds. */
export function nanoTimeOf(high: number, low: number): NanoTime {
  const rest = high * nsOfHigh + low
  const ms = Math.floor(rest / nsPerMs)
  return { ms: high * msOfHigh + ms, ns: rest - ms * nsPerMs }
}

/** From decimal digits, as JSON has them, or a number. `undefined` if it is neither, or not within 64 bits. */
export function nanoTimeIn(value: unknown): NanoTime | undefined {
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 64) return undefined
    const ms = Math.floor(value / nsPerMs)
    return { ms, ns: value - ms * nsPerMs }
  }
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) return undefined
  return { ms: Number(value.slice(0, -6)), ns: Number(value.slice(-6)) }
}

/** Seconds from one time to another. */
export function secondsBetween(start: NanoTime, end: NanoTime): number {
  return ((end.ms - start.ms) * nsPerMs + (end.ns - start.ns)) / 1e9
}

/** What is wrong with a time. `undefined`: there is none, and none of the record. */
export function wrongTime(found: unknown): string {
  const got = found === undefined ? 'none' : typeof found === 'object' ? 'an object' : String(found).slice(0, 40)
  return `expected nanoseconds since 1970, got ${got}`
}
