import type { RefreshTokenRow } from './repo.ts'

/** How long a client whose answer was lost may ask with the same token again. */
const graceMs = 10_000

export type RefreshVerdict = 'good' | 'good-again' | 'unknown' | 'disabled' | 'revoked' | 'expired' | 'reused'

/**
 * Whether a refresh token gives a new one. Each does so once; a used one that comes again was copied, unless its answer
 * may have been lost: it was used a moment ago, and nothing that was given for it has been used since.
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
  return isNewest && now - usedAt <= graceMs ? 'good-again' : 'reused'
}
