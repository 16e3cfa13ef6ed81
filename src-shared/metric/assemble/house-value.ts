import type { Combination, Term } from '../formats/record-part.ts'

/** Both sums of a formula: of a part, or of several. */
export interface Sums {
  readonly numerator: number
  readonly denominator: number
}

/** @param valueOf value of a part by its index; NaN without one, which makes the sums NaN */
export function sumsOf(terms: readonly Term[], valueOf: (index: number) => number): Sums {
  let numerator = 0
  let denominator = 0
  for (let i = 0; i < terms.length; i++) {
    const term = terms[i] as Term
    const value = valueOf(term.index)
    numerator += term.numerator * value
    denominator += term.denominator * value
  }
  return { numerator, denominator }
}

/**
 * The metric that follows from the sums; NaN if there is none.
 * @param isPercentage the terms have no denominators: the numerator is a percentage already
 */
export function combined(combine: Combination, { numerator, denominator }: Sums, isPercentage: boolean): number {
  if (combine === 'sum') return numerator
  // 0 / 0 is NaN: nothing was counted, so there is no share of it.
  const share = isPercentage ? numerator : (100 * numerator) / denominator
  return combine === 'share' ? share : 100 - share
}

export function hasNoDenominators(terms: readonly Term[]): boolean {
  return terms.every(({ denominator }) => denominator === 0)
}
