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

/** Reads `count` numbers of `encodeRice`. Throws `DamagedError` if the bytes end before. */
export function decodeRice(input: Uint8Array, numbers: Uint32Array, count: number): void {
  let at = 0
  let window = 0
  let have = 0
  let k = 0
  for (let i = 0; i < count; i++) {
    // Beyond the end, zeros are read; the check follows after the loop.
    while (have <= 24) {
      window |= (input[at++] as number) << have
      have += 8
    }
    if (i % blockSize === 0) {
      k = window & 31
      window >>>= parameterBits
      have -= parameterBits
      while (have <= 24) {
        window |= (input[at++] as number) << have
        have += 8
      }
    }
    const ones = ~window
    const quotient = ones === 0 ? escape : 31 - Math.clz32(ones & -ones)
    if (quotient < escape) {
      window >>>= quotient + 1
      have -= quotient + 1
      while (have <= 24) {
        window |= (input[at++] as number) << have
        have += 8
      }
      numbers[i] = (quotient << k) | (window & ((1 << k) - 1))
      window >>>= k
      have -= k
      continue
    }
    window >>>= escape
    have -= escape
    let number = 0
    for (let part = 0; part < 32; part += 8) {
      if (have < 8) {
        window |= (input[at++] as number) << have
        have += 8
      }
      number |= (window & 0xff) << part
      window >>>= 8
      have -= 8
    }
    numbers[i] = number
  }
  if (at - (have >>> 3) > input.length) throw new DamagedError('a stored block ends too early')
}
