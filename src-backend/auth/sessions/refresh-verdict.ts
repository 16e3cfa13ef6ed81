import type { RefreshTokenRow } from './repo.ts'

/** How long a client may use the same token again because its response was lost. */
const graceMs = 10_000

export type RefreshVerdict = 'good' | 'retried' | 'unknown' | 'disabled' | 'revoked' | 'expired' | 'reused'

/**
 * Whether a refresh token yields new tokens. Each one does so once. A used token that comes again was copied, unless
 * its response may have been lost: it was used within the last 10 s and none of its successors was used.
 */
export function refreshVerdict(
  held: Pick<RefreshTokenRow, 'disabled' | 'revoked' | 'expiresAt' | 'usedAt' | 'lastUsedAt'> | undefined,
  now: number,
): RefreshVerdict {
  if (held === undefined) return 'unknown'
  if (held.disabled) return 'disabled'
  if (held.revoked) return 'revoked'
  if (held.expiresAt.getTime() <= now) return 'expired'
  if (held.usedAt === null) return 'good'
  const usedAt = held.usedAt.getTime()
  const isNewest = held.lastUsedAt === null || held.lastUsedAt.getTime() <= usedAt
  return isNewest && now - usedAt <= graceMs ? 'retried' : 'reused'
}
