/** What an error of `pg` or of its connection means to a caller: `unavailable` may succeed when it is tried again. */
export type DatabaseProblem = 'invalid-value' | 'unavailable'

/** @returns `undefined` for an error that is not the database's, or that nobody expected of it */
export function databaseProblem(error: unknown): DatabaseProblem | undefined {
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown }
  const codeText = String(code ?? '')
  if (isInvalidText.test(codeText)) return 'invalid-value'
  const isAway = isUnavailable.test(codeText) || isLost.test(codeText) || noAnswer.test(String(message ?? ''))
  return isAway ? 'unavailable' : undefined
}

/** Class 22 of PostgreSQL: values that its types do not hold (NUL in text, numbers and times out of range). */
const isInvalidText = /^22[0-9A-Z]{3}$/

/** Serialisation, deadlock, lock and statement timeouts, and classes 08, 53 and 57 of PostgreSQL. */
const isUnavailable = /^(40001|40P01|55P03|57[0-9A-Z]{3}|53[0-9A-Z]{3}|08[0-9A-Z]{3})$/

/** What a line to a server that is away says; other errors of the system are defects of ours. */
const isLost = /^(ECONN[A-Z]+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/

/** What `pg` says without a code. */
const noAnswer =
  /timeout exceeded when trying to connect|Query read timeout|Connection terminated|Client has encountered/
