/**
 * All digits that are needed to read the same number back. By way of JSON, because V8 remembers what `String` made of a
 * number, and an export would fill the memory with numbers that never come again.
 */
export function csvNumber(value: number): string {
  if (Object.is(value, -0)) return '-0'
  return Number.isFinite(value) ? JSON.stringify(value) : String(value)
}
