const minuteMs = 60_000
const dayMs = 86_400_000
/** As many as PostgreSQL sorts in its memory, more or less. */
const targetRows = 20_000

/**
 * How long the next slice of time should be, by what the last one held. Slices are sorted one by one, so the first line
 * comes at once and no sort grows with the range.
 */
export function nextSliceMs(sliceMs: number, rows: number): number {
  if (rows < targetRows / 2) return Math.min(sliceMs * 2, dayMs)
  if (rows > targetRows * 2) return Math.max(sliceMs / 2, minuteMs / 4)
  return sliceMs
}

export const firstSliceMs = minuteMs
