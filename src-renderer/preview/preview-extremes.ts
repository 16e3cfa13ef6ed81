/** Extreme values of the first node, by metric: above 100 %, tiny, six digits, the ends of a double, and one sample. */
export function extremeValue(metric: number, at: number, startedAt: number): number {
  const wave = Math.sin(at / 60_000)
  switch (metric) {
    case 0:
      return 120 + 17 * wave
    case 1:
      return 0.003 + 0.002 * wave
    case 2:
      return 123_457 + 20_000 * wave
    case 3:
      return 1.7e308 * wave
    default:
      return Math.abs(at - startedAt + 300_000) < 3000 ? 61 : NaN
  }
}
