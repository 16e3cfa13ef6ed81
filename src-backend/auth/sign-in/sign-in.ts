import type { Log } from '#shared/log.ts'
import type { Tokens } from '#shared/rest/auth.ts'
import { apiError } from '../../http/problem.ts'
import type { Actor } from '../../http/route.ts'
import { writeAudit } from '../../audit/service.ts'
import type { AccessTokens } from '../tokens/access-token.ts'
import type { DeviceTokens } from '../tokens/device-token.ts'
import { nameKey } from '../accounts/accounts.ts'
import type { AuthCall, SignInCall } from '../auth-call.ts'
import type { Passwords } from '../passwords/passwords.ts'
import {
  type AccountRow,
  findAccount,
  findAccountByName,
  lockAccount,
  recordSignIn,
  replaceHash,
  setPasswordHash,
} from '../accounts/repo.ts'
import { endSessions, openSession } from '../sessions/sessions.ts'
import type { SignInThrottle } from './sign-in-throttle.ts'

export interface SignInDeps {
  readonly passwords: Passwords
  readonly throttle: SignInThrottle
  readonly accessTokens: AccessTokens
  readonly deviceTokens: DeviceTokens
  readonly log: Log
}

/** Tokens of a new session, and the token that lets this device sign in again while others guess. */
export interface SignedIn {
  readonly tokens: Tokens
  readonly deviceToken: string
}

/**
 * Returns tokens for a name and a password. A wrong name and a wrong password get the same response, in the same time.
 */
export async function signIn(
  deps: SignInDeps,
  call: SignInCall,
  { username, password }: { username: string; password: string },
): Promise<SignedIn> {
  const { passwords, throttle, accessTokens, deviceTokens, log } = deps
  const key = nameKey(username)
  const device = await knownDevice(deps, call, await findAccountByName(call.pool, key))
  const account = await throttle.attempt({ account: key, ip: call.ip, device }, async () => {
    // Again: the password may have changed while this attempt waited.
    const found = await findAccountByName(call.pool, key)
    const isRight = await passwords.verify(found?.passwordHash, password)
    // An unknown name is not logged: people type their password there by mistake.
    if (!isRight) log.warn('sign-in failed', { ip: call.ip, username: found?.username, requestId: call.requestId })
    return isRight ? found : undefined
  })
  if (account === undefined) throw wrongCredentials()
  const who = { username: account.username, ip: call.ip, requestId: call.requestId }
  if (account.disabled) {
    log.warn('sign-in refused: account disabled', who)
    throw apiError('account_disabled', 'This account is disabled. Ask an administrator.')
  }
  const passwordHash = await rehash(deps, call, { account, password })
  const tokens = await call.tx(async (db) => {
    const { id: accountId, tokenVersion } = account
    // The password may have changed since it was checked.
    if (!(await recordSignIn(db, account, new Date(call.now)))) return undefined
    return openSession(db, accessTokens, { accountId, tokenVersion, now: call.now })
  })
  if (tokens === undefined) throw wrongCredentials()
  log.info('signed in', who)
  return { tokens, deviceToken: await deviceTokens.sign({ ...account, passwordHash }, call.now, device) }
}

/** The id of the device that asks, if it has signed in to this account before. */
async function knownDevice(
  { deviceTokens }: SignInDeps,
  { deviceToken, now }: SignInCall,
  account: AccountRow | undefined,
): Promise<string | undefined> {
  if (account === undefined || deviceToken === undefined) return undefined
  return deviceTokens.read(deviceToken, account, now)
}

/**
 * Only a sign-in knows the password, so only it can hash it at the current cost.
 *
 * @returns the hash that is stored now
 */
async function rehash(
  { passwords, log }: SignInDeps,
  { pool }: AuthCall,
  { account, password }: { account: AccountRow; password: string },
): Promise<string> {
  if (!passwords.isOutdated(account.passwordHash)) return account.passwordHash
  const newHash = await passwords.hash(password)
  await replaceHash(pool, account, newHash)
  log.info('password rehashed at a higher cost', { username: account.username })
  return newHash
}

/** Ends every session of the account and opens a new one for the caller. */
export async function changeOwnPassword(
  { passwords, throttle, accessTokens, deviceTokens, log }: SignInDeps,
  call: AuthCall & { readonly actor: Actor },
  { current, chosen }: { current: string; chosen: string },
): Promise<SignedIn> {
  const { actor, ip, now, requestId } = call
  // The session proves that this device has signed in.
  const who = { account: nameKey(actor.username), ip, device: actor.familyId }
  const account = await throttle.attempt(who, async () => {
    const found = await findAccount(call.pool, actor.accountId)
    return (await passwords.verify(found?.passwordHash, current)) ? found : undefined
  })
  if (account === undefined) {
    log.warn('password change failed: wrong current password', { username: actor.username, ip, requestId })
    throw apiError('invalid_credentials', 'The current password is wrong.')
  }
  const passwordHash = await passwords.accept(chosen, account)
  const tokens = await call.tx(async (db) => {
    const { id: accountId } = account
    const locked = await lockAccount(db, accountId)
    if (locked?.tokenVersion !== account.tokenVersion) return undefined
    await setPasswordHash(db, accountId, passwordHash)
    const tokenVersion = await endSessions(db, { accountId, reason: 'password-changed', now })
    await writeAudit(db, { actor, action: 'user.password-changed', subject: account.username, requestId })
    return openSession(db, accessTokens, { accountId, tokenVersion, now })
  })
  if (tokens === undefined) throw apiError('session_ended', 'Your session has ended. Sign in again.')
  log.info('password changed by its owner', { username: actor.username, requestId })
  return { tokens, deviceToken: await deviceTokens.sign({ ...account, passwordHash }, now) }
}

function wrongCredentials() {
  return apiError('invalid_credentials', 'Wrong username or password.')
}
