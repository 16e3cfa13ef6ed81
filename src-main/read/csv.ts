/** All digits that are needed to read the same number back; empty where there is none. */
export function csvNumber(value: number): string {
  if (Number.isNaN(value)) return ''
  return Object.is(value, -0) ? '-0' : String(value)
}

/** RFC 3339 in UTC with milliseconds. */
export function csvTime(at: number): string {
  return new Date(at).toISOString()
}

/** Lines end in CRLF, the last one too. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.join(',')}\r\n`
}
