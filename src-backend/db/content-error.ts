import { isCode, isRefusal } from './database-error.ts'

/** The content of a record or of a stored row makes work on it fail. A retry fails again. */
export class ContentError extends Error {
  override readonly name = 'ContentError'
}

/**
 * Runs work that only computes, such as the evaluation of a record.
 * @throws ContentError; an error with a code of its own stays, because it says what is wrong
 */
export function onContent<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    const isBug = cause instanceof TypeError || cause instanceof RangeError
    if (!isBug && hasCode(cause)) throw cause
    throw new ContentError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function hasCode(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error
}

/** Classes 22 and 54 as in `isRefusal`, 23 (a constraint), and what a computation throws: one record may be the cause. */
export function isFaultOfContent(error: unknown): boolean {
  return error instanceof ContentError || isRefusal(error) || isCode(error, '23')
}
