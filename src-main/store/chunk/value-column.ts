import type { ByteReader, ByteWriter } from './bytes.ts'
import { DamagedError } from '../errors.ts'

/** First byte of a column: 0 to `largestPower` is the power of ten; `raw` marks doubles. */
const largestPower = 6
const raw = 0x40
/** Flag in the first byte: some records have no value, and a bit map follows. */
const sparse = 0x80

const powers = Float64Array.from({ length: largestPower + 1 }, (_, power) => 10 ** power)
/** Below this, differences of scaled values are exact. */
const largestScaled = 2 ** 50

/**
 * Writes the values of one metric. Producers send decimals with few digits, so `value * 10^p` is mostly a small
 * integer. The smallest p that restores every value bit by bit is used, as in ALP (Afroozeh, Kuffo, Boncz 2023), and
 * the differences are written. When no p does, the doubles are written. NaN means "no value".
 */
export function writeValues(out: ByteWriter, values: Float64Array): void {
  const n = values.length
  let present = 0
  let power = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    present++
    while (power <= largestPower && !isExact(value, power)) power++
  }
  if (power <= largestPower && !allExact(values, power)) power = largestPower + 1
  const encoding = power <= largestPower ? power : raw
  out.byte(present === n ? encoding : encoding | sparse)
  if (present < n) writePresence(out, values)
  if (encoding === raw) writeRaw(out, values)
  else writeScaled(out, values, powers[power] ?? NaN)
}

/** `values`: room for `n` values. */
export function readValues(input: ByteReader, n: number, values: Float64Array = new Float64Array(n)): Float64Array {
  const first = input.byte()
  const encoding = first & ~sparse
  const presence = first & sparse ? input.bytes(Math.ceil(n / 8)) : null
  const scale = encoding === raw ? 1 : powers[encoding]
  if (scale === undefined) throw new DamagedError(`unknown value encoding ${encoding}`)
  if (!presence && encoding !== raw) return readScaled(input, values, scale)
  let scaled = 0
  for (let i = 0; i < n; i++) {
    if (presence && !((presence[i >> 3] ?? 0) & (1 << (i & 7)))) values[i] = NaN
    else if (encoding === raw) values[i] = input.float64()
    else {
      scaled += input.signed()
      values[i] = scaled / scale
    }
  }
  return values
}

/** A value for each record, as in nearly every chunk. */
function readScaled(input: ByteReader, values: Float64Array, scale: number): Float64Array {
  input.signedRun(values)
  let scaled = 0
  for (let i = 0; i < values.length; i++) {
    scaled += values[i] ?? NaN
    values[i] = scaled / scale
  }
  return values
}

/** -0 scales to -0, which no integer difference restores. */
function isExact(value: number, power: number): boolean {
  const scale = powers[power] ?? NaN
  const scaled = Math.round(value * scale)
  return Math.abs(scaled) < largestScaled && scaled / scale === value && !(value === 0 && Object.is(value, -0))
}

/** A value exact at a small power is nearly always exact at a larger one, but not always. So all are checked again. */
function allExact(values: Float64Array, power: number): boolean {
  return values.every((value) => Number.isNaN(value) || isExact(value, power))
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

function writeRaw(out: ByteWriter, values: Float64Array): void {
  for (const value of values) if (!Number.isNaN(value)) out.float64(value)
}

function writeScaled(out: ByteWriter, values: Float64Array, scale: number): void {
  let previous = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    const scaled = Math.round(value * scale)
    out.signed(scaled - previous)
    previous = scaled
  }
}
