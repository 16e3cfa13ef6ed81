/** The last raw value of a counter, and what the next one is compared with. */
export interface CounterValue {
  readonly raw: number
  /** Event time of its record, epoch ms. */
  readonly at: number
  /** Time from the record before it to this one in ms; 0: it is the first. */
  readonly stepMs: number
}

/**
 * The counter after another raw value. The assembler, the cache and the backend use this one function, so that all of
 * them keep the same. A value with the same time replaces the raw one; the assembler gives no earlier one.
 */
export function nextCounter(before: CounterValue | undefined, raw: number, at: number): CounterValue {
  if (!before) return { raw, at, stepMs: 0 }
  return { raw, at, stepMs: at === before.at ? before.stepMs : at - before.at }
}
