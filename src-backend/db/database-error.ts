/** What an error of `pg` or of its connection means. `unavailable`: a retry may succeed. */
export type DatabaseProblem = 'invalid-value' | 'unavailable'

/** @returns `undefined` for an error of another origin, or an unexpected one */
export function databaseProblem(error: unknown): DatabaseProblem | undefined {
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown }
  const codeText = String(code ?? '')
  if (isInvalidText.test(codeText)) return 'invalid-value'
  const isAway = isUnavailable.test(codeText) || isLost.test(codeText) || noAnswer.test(String(message ?? ''))
  return isAway ? 'unavailable' : undefined
}

/** PostgreSQL class 22: values that its types cannot hold (NUL in text, numbers and times out of range). */
const isInvalidText = /^22[0-9A-Z]{3}$/

/** Serialization failure, deadlock, lock and statement timeouts, and the classes 08, 53 and 57. */
const isUnavailable = /^(40001|40P01|55P03|57[0-9A-Z]{3}|53[0-9A-Z]{3}|08[0-9A-Z]{3})$/

/** Network errors of an unreachable server. Other system errors are bugs. */
const isLost = /^(ECONN[A-Z]+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/

/** Messages of `pg` without a code. */
const noAnswer =
  /timeout exceeded when trying to connect|Query read timeout|Connection terminated|Client has encountered/

/** @param code PostgreSQL error code, or the class it begins with */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith(code)
}

/** Classes 22 (a value out of range) and 54 (a limit of PostgreSQL): the data is the cause, so a retry fails again. */
export function isRefusal(error: unknown): boolean {
  return isCode(error, '22') || isCode(error, '54')
}
