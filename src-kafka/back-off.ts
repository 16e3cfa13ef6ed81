const firstMs = 1_000
const longestMs = 30_000

/**
 * How long to wait before the attempt after `failures` failed ones in a row (1 or more): 1, 2, 4 ... 30 s, less up to a
 * fifth, so that the consoles of a site do not come back to a restarted broker all at once.
 * @param random 0 to 1
 */
export function backOffMs(failures: number, random: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** (failures - 1))
  return Math.round(full * (1 - 0.2 * random))
}
