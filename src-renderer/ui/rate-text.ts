import { formatNumber } from '#shared/format/number.ts'

/** Messages a second: with a tenth where there are few, because 0.2/s is a living node. */
export function rateText(perSecond: number): string {
  return formatNumber(perSecond, perSecond > 0 && perSecond < 9.95 ? 1 : 0)
}
