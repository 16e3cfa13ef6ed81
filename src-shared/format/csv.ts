/** Text that a spreadsheet runs as a formula: https://owasp.org/www-community/attacks/CSV_Injection */
const formula = /^'*[=+\-@\t\r]/
const special = /[",\r\n]/

/**
 * A text field of RFC 4180. A formula gets an apostrophe, which spreadsheets hide. So does text that is a formula after
 * apostrophes: a reader takes one away from either, and has the text again.
 */
export function csvText(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text
  return special.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/**
 * All digits needed to read the same number back; empty for NaN. Uses JSON because V8 caches the results of `String`:
 * an export would fill memory with numbers that never repeat.
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
