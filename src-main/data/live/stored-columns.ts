import { isAhead } from '#shared/format/time.ts'
import type { SampleColumns } from '#shared/metric/sample-columns.ts'

/** Number of values. */
export function valuesIn({ directory: { layouts }, layout, count }: SampleColumns): number {
  let values = 0
  for (let i = 0; i < count; i++) values += layouts[layout[i] as number]?.names.length ?? 0
  return values
}

/** Newest event time that is not from the future, epoch ms; 0 without one. */
export function newestIn({ at, count }: SampleColumns, now: number): number {
  let newest = 0
  for (let i = 0; i < count; i++) {
    const time = at[i] as number
    if (time > newest && !isAhead(time, now)) newest = time
  }
  return newest
}
