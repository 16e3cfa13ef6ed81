import { DamagedError } from '../errors.ts'
import type { ByteReader, ByteWriter } from './bytes.ts'
import { decodeRice, encodeRice, riceLimit } from './rice.ts'

/** Encodings. Chunks of format 1 have only the first two. */
const deltaOfDelta = 0
const raw = 1
const runs = 2
const rice = 3

/** Above this, differences of differences are not exact. The year 10889. */
const widest = 2 ** 48
/** A run takes about this many bits: more runs than that are shorter in Rice code. */
const runBits = 20

let numbers = new Uint32Array(1024)

/**
 * Differences of differences: at a steady pace each is 0, and one run has them all. With jitter they are small, and
 * Rice code is shorter. Inexact times stay doubles.
 */
export function writeTimes(out: ByteWriter, at: Float64Array): void {
  if (!areExact(at)) {
    out.byte(raw)
    for (const time of at) out.float64(time)
    return
  }
  const codes = zigzagOf(at)
  const steps = codes.subarray(2)
  let count = 0
  for (let i = 0; i < steps.length; i++) if (i === 0 || steps[i] !== steps[i - 1]) count++
  // With few runs, no other encoding is shorter.
  const isRice = count * runBits > steps.length && areShort(steps) && count * runBits > bitsOf(steps)
  out.byte(isRice ? rice : runs)
  for (const code of codes.subarray(0, 2)) out.unsigned(code)
  if (isRice) {
    if (numbers.length < steps.length) numbers = new Uint32Array(2 * steps.length)
    numbers.set(steps)
    out.bytes(encodeRice(numbers, steps.length))
  } else writeRuns(out, steps)
}

/** `at`: room for `n` times. */
export function readTimes(input: ByteReader, n: number, at: Float64Array = new Float64Array(n)): Float64Array {
  const encoding = input.byte()
  if (encoding === raw) {
    for (let i = 0; i < n; i++) at[i] = input.float64()
    return at
  }
  const time = n > 0 ? changeOf(input.unsigned()) : 0
  const step = n > 1 ? changeOf(input.unsigned()) : 0
  if (n > 0) at[0] = time
  if (n > 1) at[1] = time + step
  const rest = { at, n, time: time + step, step }
  if (encoding === runs) readRuns(input, rest)
  else if (encoding === rice) readRice(input, rest)
  else if (encoding === deltaOfDelta) readCodes(input, rest)
  else throw new DamagedError(`unknown time encoding ${encoding}`)
  return at
}

/** About what Rice code takes. */
function bitsOf(steps: Float64Array): number {
  let bits = 0
  for (let i = 0; i < steps.length; i++) bits += Math.log2((steps[i] as number) + 1) + 1.5
  return bits
}

/** First time, first step, and then the differences of steps; zigzag. */
function zigzagOf(at: Float64Array): Float64Array {
  const codes = new Float64Array(at.length)
  let step = 0
  let before = 0
  for (let i = 0; i < at.length; i++) {
    const time = at[i] as number
    const next = time - before
    const change = next - step
    codes[i] = change < 0 ? -2 * change - 1 : 2 * change
    step = i === 0 ? 0 : next
    before = time
  }
  return codes
}

/** Zigzag back. Nearly every code is small, and the remainder of a double is slow. */
function changeOf(code: number): number {
  if (code < 2 ** 31) return code & 1 ? -(code >>> 1) - 1 : code >>> 1
  return code % 2 === 0 ? code / 2 : -(code + 1) / 2
}

function writeRuns(out: ByteWriter, steps: Float64Array): void {
  for (let i = 0; i < steps.length;) {
    const from = i
    while (i < steps.length && steps[i] === steps[from]) i++
    out.unsigned(steps[from] as number)
    out.unsigned(i - from)
  }
}

/** The first two times are read; `time` and `step` are those of the second. */
interface TimesToRead {
  readonly at: Float64Array
  readonly n: number
  readonly time: number
  readonly step: number
}

function readRuns(input: ByteReader, { at, n, time: from, step: first }: TimesToRead): void {
  let time = from
  let step = first
  for (let i = 2; i < n;) {
    const change = changeOf(input.unsigned())
    const to = Math.min(i + input.unsigned(), n)
    if (to === i) throw new DamagedError('a run of times is empty')
    for (; i < to; i++) {
      step += change
      at[i] = time += step
    }
  }
}

function readCodes(input: ByteReader, { at, n, time: from, step: first }: TimesToRead): void {
  let time = from
  let step = first
  for (let i = 2; i < n; i++) {
    step += changeOf(input.unsigned())
    at[i] = time += step
  }
}

function readRice(input: ByteReader, { at, n, time: from, step: first }: TimesToRead): void {
  const count = n - 2
  if (numbers.length < count) numbers = new Uint32Array(2 * count)
  decodeRice(input.rest(), numbers, count)
  let time = from
  let step = first
  for (let i = 0; i < count; i++) {
    const code = numbers[i] as number
    step += code & 1 ? -(code >>> 1) - 1 : code >>> 1
    at[i + 2] = time += step
  }
}

function areExact(at: Float64Array): boolean {
  for (let i = 0; i < at.length; i++) {
    const time = at[i] as number
    // -0 is no integer that a difference restores.
    if (Math.floor(time) !== time || Math.abs(time) > widest || (time === 0 && Object.is(time, -0))) return false
  }
  return true
}

function areShort(steps: Float64Array): boolean {
  for (let i = 0; i < steps.length; i++) if ((steps[i] as number) >= riceLimit) return false
  return true
}
