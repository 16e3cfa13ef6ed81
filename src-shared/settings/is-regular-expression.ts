/** Whether JavaScript reads `text` as a regular expression. */
export function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}
