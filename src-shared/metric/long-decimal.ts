/** Of the leading digits of a number, so many are exact in a double. */
export const leadingDigits = 15
/** So many more are read. A producer that does not round writes 16 or 17 digits in all. */
export const moreDigits = 4

/** Splits a double into two halves of 26 bits (Veltkamp). */
const splitter = 2 ** 27 + 1
const lowBits = 2 ** 26
/** Far above the error of the quotient, which is below 2^-102 of it, and far below the 2^-53 of a half step. */
const tolerance = 2 ** -98

/**
 * The double that is nearest to `(leading * scale + more) / divisor`, as `Number` reads it from text, but without a
 * text. All arguments are integers: `leading` has 15 digits and does not begin with 0, `scale` is a power of ten up to
 * 10^4, `more` is smaller than it, and `divisor` is a power of ten up to 10^22.
 * @returns NaN if it is too close to the middle of two doubles to decide
 */
export function longDecimal(
  leading: number,
  { scale, more, divisor }: Record<'scale' | 'more' | 'divisor', number>,
): number {
  // the dividend as the exact sum of two doubles
  const low = leading % lowBits
  const high = (leading - low) * scale
  const rest = low * scale + more
  const dividend = high + rest
  const dividendRest = rest - (dividend - high)

  const quotient = dividend / divisor
  const product = quotient * divisor
  const remainder = dividend - product - productError(quotient, divisor, product) + dividendRest
  const correction = remainder / divisor
  const below = quotient + (correction - quotient * tolerance)
  const above = quotient + (correction + quotient * tolerance)
  return below === above ? below : NaN
}

/** What rounding cut from a product: `a * b` is exactly `product` plus this (Dekker). */
function productError(a: number, b: number, product: number): number {
  const aHigh = upperHalf(a)
  const bHigh = upperHalf(b)
  const aLow = a - aHigh
  const bLow = b - bHigh
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow)
}

function upperHalf(value: number): number {
  const scaled = value * splitter
  return scaled - (scaled - value)
}
