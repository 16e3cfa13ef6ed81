import { DamagedError } from '../errors.ts'

/** Numbers with one parameter in common. */
const blockSize = 64
const parameterBits = 5
/** Largest parameter: what one read of the bits can have. */
const largestParameter = 24
/** A quotient from here on is written as this many ones, then the number itself in 32 bits. */
const escape = 24

/** Numbers from here on cannot be written. */
export const riceLimit = 2 ** 31

let bytes = new Uint8Array(1 << 14)

/**
 * Rice code: each number as quotient (ones, then a zero) and remainder (`k` bits) of a division by 2^k, with the best k
 * for each 64 numbers. For differences of noisy values it needs about a quarter less than whole bytes do.
 *
 * @param numbers whole numbers from 0, below `riceLimit`
 * @returns bytes that are valid until the next call
 */
export function encodeRice(numbers: Uint32Array, count: number): Uint8Array {
  if (bytes.length < count * 8 + 64) bytes = new Uint8Array(count * 8 + 64)
  // Local copies: bits go to the output lowest first, and less than a byte of them is pending.
  const out = bytes
  let length = 0
  let bits = 0
  let pending = 0
  for (let from = 0; from < count; from += blockSize) {
    const to = Math.min(from + blockSize, count)
    const k = parameterOf(numbers, from, to)
    const mask = (1 << k) - 1
    bits |= k << pending
    pending += parameterBits
    for (let i = from; i < to; i++) {
      const number = numbers[i] as number
      const quotient = number >>> k
      for (; pending >= 8; pending -= 8, bits >>>= 8) out[length++] = bits
      if (quotient + k < escape) {
        bits |= (((number & mask) << (quotient + 1)) | ((1 << quotient) - 1)) << pending
        pending += quotient + 1 + k
        continue
      }
      if (quotient < escape) {
        bits |= ((1 << quotient) - 1) << pending
        pending += quotient + 1
        for (; pending >= 8; pending -= 8, bits >>>= 8) out[length++] = bits
        bits |= (number & mask) << pending
        pending += k
        continue
      }
      bits |= ((1 << escape) - 1) << pending
      pending += escape
      for (let part = 0; part < 32; part += 8) {
        for (; pending >= 8; pending -= 8, bits >>>= 8) out[length++] = bits
        bits |= ((number >>> part) & 0xff) << pending
        pending += 8
      }
    }
    for (; pending >= 8; pending -= 8, bits >>>= 8) out[length++] = bits
  }
  if (pending > 0) out[length++] = bits
  return out.subarray(0, length)
}

/** The whole number next to the logarithm of the mean: at most a few hundredths of a bit from the best. */
function parameterOf(numbers: Uint32Array, from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += numbers[i] as number
  const mean = (sum / (to - from)) * Math.LN2
  return mean < 1 ? 0 : Math.min(Math.floor(Math.log2(mean)) + 1, largestParameter)
}

/** Zeros behind the bytes: 64 numbers of a damaged block are read before the check. */
const padding = 512
let padded = new Uint8Array(1 << 13)
let words = new DataView(padded.buffer)

/** Reads `count` numbers of `encodeRice`. Throws `DamagedError` if the bytes end before. */
export function decodeRice(input: Uint8Array, numbers: Uint32Array, count: number): void {
  if (padded.length < input.length + padding) {
    padded = new Uint8Array(2 * (input.length + padding))
    words = new DataView(padded.buffer)
  }
  padded.set(input)
  padded.fill(0, input.length, input.length + padding)
  // Local copies. One read of 32 bits has at least 25 bits of the code: mostly a whole number.
  const view = words
  const end = input.length * 8
  let at = 0
  for (let from = 0; from < count; from += blockSize) {
    if (at > end) break
    const k = (view.getUint32(at >>> 3, true) >>> (at & 7)) & 31
    const mask = (1 << k) - 1
    const to = Math.min(from + blockSize, count)
    at += parameterBits
    for (let i = from; i < to; i++) {
      const word = view.getUint32(at >>> 3, true) >>> (at & 7)
      // The lowest zero; -1 without one.
      const quotient = 31 - Math.clz32(~word & (word + 1))
      if (quotient >= 0 && quotient < escape) {
        const after = at + quotient + 1
        const rest = quotient + k < 25 ? word >>> (quotient + 1) : view.getUint32(after >>> 3, true) >>> (after & 7)
        numbers[i] = (quotient << k) | (rest & mask)
        at = after + k
        continue
      }
      at += escape
      const low = view.getUint32(at >>> 3, true) >>> (at & 7)
      at += 16
      const high = view.getUint32(at >>> 3, true) >>> (at & 7)
      numbers[i] = (low & 0xffff) | (high << 16)
      at += 16
    }
  }
  if (at > end) throw new DamagedError('a stored block ends too early')
}
