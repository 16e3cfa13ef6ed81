/** Text that a spreadsheet would take for a formula: https://owasp.org/www-community/attacks/CSV_Injection */
const formula = /^[=+\-@\t\r]/
const special = /[",\r\n]/

/** A text field of RFC 4180. What would be run as a formula gets an apostrophe, which spreadsheets hide. */
export function csvText(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text
  return special.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

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
