import type { Log } from '#shared/log.ts'
import type { Pool } from '../../db/db.ts'
import { apiError } from '../../http/problem.ts'
import type { Actor } from '../../http/route.ts'
import type { AccessTokens } from '../tokens/access-token.ts'
import { findAccessState, type AccessState } from './repo.ts'

export interface AuthenticateDeps {
  readonly pool: Pool
  readonly accessTokens: AccessTokens
  readonly log: Log
  readonly now: () => number
}

/**
 * Identifies the caller from the `Authorization` header. The token only says who signed in. Role and session state come
 * from the database, so a change counts from the next request on.
 * @throws ApiError `unauthenticated` or `session_ended`
 */
export async function authenticate(
  { pool, accessTokens, log, now }: AuthenticateDeps,
  authorizationHeader: string | undefined,
): Promise<Actor> {
  const token = /^Bearer +([^ ]+) *$/i.exec(authorizationHeader ?? '')?.[1]
  if (token === undefined) {
    throw apiError('unauthenticated', 'Sign in, and send the access token as "Authorization: Bearer <token>".')
  }
  const claims = await accessTokens.read(token, now()).catch((failure: unknown) => {
    log.info('access token refused', { reason: failure instanceof Error ? failure.message : failure })
    throw failure
  })
  const state = await findAccessState(pool, claims)
  const ended = endReason(state, claims.version)
  if (state === undefined || ended !== undefined) {
    log.info('access token refused: its session has ended', { ...claims, reason: ended })
    throw apiError('session_ended', 'This session has ended. Sign in again.')
  }
  const { username, role } = state
  return { accountId: claims.accountId, username, role, familyId: claims.familyId }
}

function endReason(state: AccessState | undefined, version: number): string | undefined {
  if (state === undefined) return 'the session does not exist'
  if (state.disabled) return 'the account is disabled'
  if (state.familyRevoked) return 'the session was ended'
  if (state.tokenVersion !== version) return 'the account was changed'
  return undefined
}
