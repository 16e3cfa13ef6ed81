/** The end of an axis of counts, and the step of its lines: whole numbers, two or three lines. */
export function countAxis(highest: number): { readonly max: number; readonly step: number } {
  for (let power = 1; ; power *= 10) {
    for (const step of [1, 2, 5].map((digit) => digit * power)) {
      if (highest <= 3 * step) return { max: Math.max(2, Math.ceil(highest / step)) * step, step }
    }
  }
}
