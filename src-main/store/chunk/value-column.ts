import { DamagedError } from '../errors.ts'
import type { ByteReader, ByteWriter } from './bytes.ts'
import { decodeRice, encodeRice, riceLimit } from './rice.ts'

/** First byte of a column: 0 to `largestPower` is the power of ten; `raw` marks doubles. */
const largestPower = 6
const raw = 0x40
/** Flag in the first byte: some records have no value, and a bit map follows. */
const sparse = 0x80
/** Flag next to a power: differences are Rice code, not whole bytes. Chunks of format 1 do not have it. */
const rice = 0x20
/** Flag next to `rice`: the numbers are differences to `Prediction`, not to the value before. */
const predicted = 0x10

const powers = Float64Array.from({ length: largestPower + 1 }, (_, power) => 10 ** power)
/** Below this, differences of scaled values are exact. */
const largestScaled = 2 ** 50

let scaled = new Float64Array(1024)
let differences = new Uint32Array(1024)
let residuals = new Uint32Array(1024)

/**
 * Writes the values of one metric. Producers send decimals with few digits, so `value * 10^p` is mostly a small
 * integer. The smallest p that restores every value bit by bit is used, as in ALP (Afroozeh, Kuffo, Boncz 2023), and
 * the differences are written. When no p does, the doubles are written. NaN means "no value".
 */
export function writeValues(out: ByteWriter, values: Float64Array): void {
  const n = values.length
  if (scaled.length < n) {
    scaled = new Float64Array(2 * n)
    differences = new Uint32Array(2 * n)
    residuals = new Uint32Array(2 * n)
  }
  let power = 0
  let present = scale(values, power)
  while (present < 0 && ++power <= largestPower) present = scale(values, power)
  if (present < 0) {
    writeDoubles(out, values)
    return
  }
  const plain = toDifferences(present)
  const isRice = plain >= 0
  const isPredicted = isRice && toPredicted(present, plain)
  out.byte(power | (isRice ? rice : 0) | (isPredicted ? predicted : 0) | (present < n ? sparse : 0))
  if (present < n) writePresence(out, values)
  if (isRice) {
    out.signed(scaled[0] as number)
    out.bytes(encodeRice(isPredicted ? residuals : differences, present - 1))
  } else writeVarints(out, present)
}

/** `values`: room for `n` values. */
export function readValues(input: ByteReader, n: number, values: Float64Array = new Float64Array(n)): Float64Array {
  const first = input.byte()
  const presence = first & sparse ? input.bytes(Math.ceil(n / 8)) : null
  const encoding = first & ~sparse
  const present = presence ? countOf(presence, n) : n
  if (encoding === raw) for (let i = 0; i < present; i++) values[i] = input.float64()
  else {
    const divisor = powers[encoding & ~(rice | predicted)]
    if (divisor === undefined) throw new DamagedError(`unknown value encoding ${encoding}`)
    if (encoding & predicted) readPredicted(input, values, { present, divisor })
    else if (encoding & rice) readRice(input, values, { present, divisor })
    else readVarints(input, values, { present, divisor })
  }
  if (presence) spread(values, presence, present)
  return values
}

/** Fills `scaled` with the values that are there. @returns their number; -1 if a value would not be restored exactly */
function scale(values: Float64Array, power: number): number {
  const factor = powers[power] as number
  const into = scaled
  const n = values.length
  let present = 0
  for (let i = 0; i < n; i++) {
    const value = values[i] as number
    if (value !== value) continue
    const whole = Math.round(value * factor)
    // -0 scales to -0, which no integer difference restores.
    if (whole / factor !== value || Math.abs(whole) >= largestScaled || (whole === 0 && Object.is(value, -0))) return -1
    into[present++] = whole
  }
  return present
}

/** Zigzag. @returns the sum of the codes; -1 if there is none, or Rice code cannot have all differences */
function toDifferences(present: number): number {
  if (present === 0) return -1
  const from = scaled
  const into = differences
  let sum = 0
  let before = from[0] as number
  for (let i = 1; i < present; i++) {
    const whole = from[i] as number
    const difference = whole - before
    if (!isShort(difference)) return -1
    const code = zigzag(difference)
    into[i - 1] = code
    sum += code
    before = whole
  }
  return sum
}

/** Whether the zigzag code of a whole number is below `riceLimit`. */
function isShort(difference: number): boolean {
  return difference >= -riceLimit / 2 && difference < riceLimit / 2
}

/** The code of a short difference, in 32-bit arithmetic. */
function zigzag(difference: number): number {
  const short = difference | 0
  return (short << 1) ^ (short >> 31)
}

/**
 * Values that vary around a level are nearer to it than to the value before. The level follows the values slowly.
 * Only sums and products of doubles, which every machine computes alike.
 */
const towardsValue = 0.05
const ofLastStep = 0.3

/**
 * Differences to the prediction.
 * @param plain sum of the codes of plain differences
 * @returns whether these are the shorter ones
 */
function toPredicted(present: number, plain: number): boolean {
  const from = scaled
  const into = residuals
  let sum = 0
  let level = from[0] as number
  let before = level
  for (let i = 1; i < present; i++) {
    const whole = from[i] as number
    const difference = whole - Math.round(level + ofLastStep * (before - level))
    if (!isShort(difference)) return false
    const code = zigzag(difference)
    into[i - 1] = code
    sum += code
    if (sum >= plain) return false
    level += towardsValue * (whole - level)
    before = whole
  }
  return sum < plain
}

function readPredicted(
  input: ByteReader,
  values: Float64Array,
  { present, divisor }: { readonly present: number; readonly divisor: number },
): void {
  if (residuals.length < present) residuals = new Uint32Array(2 * present)
  let before = input.signed()
  let level = before
  decodeRice(input.rest(), residuals, present - 1)
  values[0] = before / divisor
  for (let i = 1; i < present; i++) {
    const code = residuals[i - 1] as number
    before = Math.round(level + ofLastStep * (before - level)) + (code & 1 ? -(code >>> 1) - 1 : code >>> 1)
    level += towardsValue * (before - level)
    values[i] = before / divisor
  }
}

function readRice(
  input: ByteReader,
  values: Float64Array,
  { present, divisor }: { readonly present: number; readonly divisor: number },
): void {
  if (differences.length < present) differences = new Uint32Array(2 * present)
  let whole = input.signed()
  decodeRice(input.rest(), differences, present - 1)
  values[0] = whole / divisor
  for (let i = 1; i < present; i++) {
    const code = differences[i - 1] as number
    whole += code & 1 ? -(code >>> 1) - 1 : code >>> 1
    values[i] = whole / divisor
  }
}

function readVarints(
  input: ByteReader,
  values: Float64Array,
  { present, divisor }: { readonly present: number; readonly divisor: number },
): void {
  let whole = 0
  for (let i = 0; i < present; i++) {
    whole += input.signed()
    values[i] = whole / divisor
  }
}

function writeVarints(out: ByteWriter, present: number): void {
  let previous = 0
  for (let i = 0; i < present; i++) {
    const whole = scaled[i] as number
    out.signed(whole - previous)
    previous = whole
  }
}

function writeDoubles(out: ByteWriter, values: Float64Array): void {
  const isSparse = values.some((value) => Number.isNaN(value))
  out.byte(isSparse ? raw | sparse : raw)
  if (isSparse) writePresence(out, values)
  for (const value of values) if (!Number.isNaN(value)) out.float64(value)
}

function writePresence(out: ByteWriter, values: Float64Array): void {
  for (let from = 0; from < values.length; from += 8) {
    let bits = 0
    values.subarray(from, from + 8).forEach((value, bit) => {
      if (!Number.isNaN(value)) bits |= 1 << bit
    })
    out.byte(bits)
  }
}

function isPresent(presence: Uint8Array, i: number): boolean {
  return ((presence[i >> 3] ?? 0) & (1 << (i & 7))) !== 0
}

function countOf(presence: Uint8Array, n: number): number {
  let present = 0
  for (let i = 0; i < n; i++) if (isPresent(presence, i)) present++
  return present
}

/** Moves the values, which are at the front, to the records that have one. */
function spread(values: Float64Array, presence: Uint8Array, present: number): void {
  let from = present
  for (let i = values.length - 1; i >= 0; i--) values[i] = isPresent(presence, i) ? (values[--from] as number) : NaN
}
