import type { Decoded } from '#shared/codec/codec.ts'
import { neededVersion } from '#shared/codec/needs.ts'
import { ApiError } from './problem.ts'

/**
 * A stored row that this version must not use. The ingest stops and the replica is not ready until it can read all
 * rows. A request for such a row is answered with 503.
 */
export class NeedsNewerError extends ApiError {
  constructor(sentence: string) {
    super('unavailable', sentence, { retryAfterSeconds: 60 })
  }
}

/**
 * Unwraps a decoded row.
 * @param what the row as a sentence begins: `Rule 7c0f…, version 3`
 * @throws NeedsNewerError
 */
export function storedValue<T>(decoded: Decoded<T>, what: string): T {
  if (decoded.ok) return decoded.value
  const { unread } = decoded
  throw new NeedsNewerError(
    unread.kind === 'needs-newer'
      ? `${what} needs ${neededVersion(unread.needs.version)}. This replica is older: upgrade it.`
      : `${what} cannot be read by this version (${unread.reason}). Upgrade this replica, or repair the row.`,
  )
}
