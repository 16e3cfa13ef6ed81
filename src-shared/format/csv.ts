/** Text that a spreadsheet would take for a formula: https://owasp.org/www-community/attacks/CSV_Injection */
const formula = /^[=+\-@\t\r]/
const special = /[",\r\n]/

/** A text field of RFC 4180. What would be run as a formula gets an apostrophe, which spreadsheets hide. */
export function csvText(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text
  return special.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/**
 * All digits that are needed to read the same number back; an empty field where there is none (NaN). By way of JSON,
 * because V8 caches what `String` made of a number, and an export would fill memory with numbers that never come again.
 */
export function csvNumber(value: number): string {
  if (Number.isNaN(value)) return ''
  if (Object.is(value, -0)) return '-0'
  return Number.isFinite(value) ? JSON.stringify(value) : String(value)
}

/** Lines end in CRLF, the last one too. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.join(',')}\r\n`
}
