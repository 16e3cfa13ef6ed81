/** Text that a spreadsheet would take for a formula: https://owasp.org/www-community/attacks/CSV_Injection */
const formula = /^[=+\-@\t\r]/
const special = /[",\r\n]/

/** A text field of RFC 4180. What would be run as a formula gets an apostrophe, which spreadsheets hide. */
export function csvText(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text
  return special.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** All digits that are needed to read the same number back. */
export function csvNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
