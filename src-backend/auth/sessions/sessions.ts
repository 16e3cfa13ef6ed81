import { randomUUID } from 'node:crypto'
import type { Log } from '#shared/log.ts'
import type { Tokens } from '#shared/rest/auth.ts'
import type { Db } from '../../db/db.ts'
import { apiError } from '../../http/problem.ts'
import { type AccessTokens, accessTokenSeconds } from '../tokens/access-token.ts'
import type { AuthCall } from '../auth-call.ts'
import { raiseTokenVersion } from '../accounts/repo.ts'
import { hashOfToken, newSecretToken } from '../tokens/secret-token.ts'
import { refreshVerdict, type RefreshVerdict } from './refresh-verdict.ts'
import {
  dropExpiredFamilies,
  dropExpiredTokens,
  type RefreshTokenRow,
  insertFamily,
  insertRefreshToken,
  lockToken,
  revokeFamilies,
  revokeFamily,
  consumeTokens,
} from './repo.ts'

const refreshTokenMs = 7 * 86_400_000

export interface SessionDeps {
  readonly accessTokens: AccessTokens
  readonly log: Log
}

/** Why an account's sessions end; stored with them. */
export type SessionEndReason = 'signed-out' | 'reused' | 'password-changed' | 'role-changed' | 'disabled'

interface Holder {
  readonly accountId: number
  readonly tokenVersion: number
}

/** Signs in: starts a family of refresh tokens. */
export async function openSession(
  db: Db,
  accessTokens: AccessTokens,
  { now, ...holder }: Holder & { now: number },
): Promise<Tokens> {
  const familyId = randomUUID()
  const at = new Date(now)
  await dropExpiredFamilies(db, holder.accountId, at)
  await insertFamily(db, { familyId, accountId: holder.accountId, at })
  return issueTokens(db, accessTokens, { ...holder, familyId, now })
}

/**
 * Exchanges a refresh token for new tokens. A token that comes a second time ends the whole session: one of the two
 * senders stole it, and the backend cannot tell which.
 */
export async function refreshSession(deps: SessionDeps, { tx, now }: AuthCall, token: string): Promise<Tokens> {
  // The finding must be committed before the response: a refusal may have ended the session.
  const { verdict, held, tokens } = await tx((db) => refreshIn(db, deps.accessTokens, { token, now }))
  if (tokens) return tokens
  const who = { username: held?.username, familyId: held?.familyId }
  if (verdict === 'reused') deps.log.warn('refresh token reused: session ended', who)
  else deps.log.info('refresh refused', { ...who, reason: verdict })
  if (verdict === 'disabled') throw apiError('account_disabled', 'This account is disabled. Ask an administrator.')
  throw apiError('session_ended', 'This session has ended. Sign in again.')
}

async function refreshIn(
  db: Db,
  accessTokens: AccessTokens,
  { token, now }: { token: string; now: number },
): Promise<{ verdict: RefreshVerdict; held: RefreshTokenRow | undefined; tokens?: Tokens }> {
  const at = new Date(now)
  const held = await lockToken(db, hashOfToken(token))
  const verdict = refreshVerdict(held, now)
  if (held === undefined) return { verdict, held }
  if (verdict === 'reused') await revokeFamily(db, { familyId: held.familyId, reason: 'reused', at })
  if (verdict !== 'good' && verdict !== 'retried') return { verdict, held }
  if (verdict === 'good') {
    await consumeTokens(db, held.familyId, at)
    await dropExpiredTokens(db, held.familyId, at)
  }
  return { verdict, held, tokens: await issueTokens(db, accessTokens, { ...held, now }) }
}

/** Ends the session of a refresh token, if there is one. A used token works too. */
export async function endSession({ log }: SessionDeps, { tx, now }: AuthCall, token: string): Promise<void> {
  const held = await tx(async (db) => {
    const found = await lockToken(db, hashOfToken(token))
    if (found) await revokeFamily(db, { familyId: found.familyId, reason: 'signed-out', at: new Date(now) })
    return found
  })
  if (held) log.info('signed out', { username: held.username, familyId: held.familyId })
}

/**
 * Ends all sessions of an account, access tokens included. The account must be locked.
 * @returns the token version of later sessions
 */
export async function endSessions(
  db: Db,
  { accountId, reason, now }: { accountId: number; reason: SessionEndReason; now: number },
): Promise<number> {
  await revokeFamilies(db, { accountId, reason, at: new Date(now) })
  return raiseTokenVersion(db, accountId)
}

async function issueTokens(
  db: Db,
  accessTokens: AccessTokens,
  { accountId, tokenVersion, familyId, now }: Holder & { familyId: string; now: number },
): Promise<Tokens> {
  const { token, hash } = newSecretToken()
  await insertRefreshToken(db, {
    hash,
    familyId,
    issuedAt: new Date(now),
    expiresAt: new Date(now + refreshTokenMs),
  })
  return {
    access_token: await accessTokens.sign({ accountId, familyId, version: tokenVersion }, now),
    token_type: 'bearer',
    expires_in: accessTokenSeconds,
    refresh_token: token,
  }
}
