import { createHash } from 'node:crypto'
import type { Pool } from '../../db/db.ts'
import { withTx } from '../../db/tx.ts'
import { concurrencyLimitPerKey } from '../../http/concurrency-limit.ts'
import { addressKey } from '../../http/middleware.ts'
import { apiError } from '../../http/problem.ts'
import { tooManySignIns } from '../passwords/password-hash.ts'
import { lockCounters, lowerCounters, readCounters, storeCounters } from './attempts-repo.ts'
import { admit, type AttemptKeys, counterKeysOf, type EmptyAt, forgiven } from './sign-in-limits.ts'

/** Account and origin of an attempt. */
export interface SignInAttempt {
  /** Also of an account that does not exist: a delay must not reveal which accounts exist. */
  readonly account: string
  readonly ip: string
  /** Id of a device that signed in to this account before, or of the session that asks. */
  readonly device?: string | undefined
}

/**
 * Slows down guessing; `sign-in-limits.ts` has the rules. An attempt is counted as a failure before it is checked, so
 * simultaneous ones cannot pass together. The counters are in PostgreSQL: all replicas share them and they survive
 * restarts. An attempt that must wait is not checked, even with the right password.
 */
export interface SignInThrottle {
  /**
   * Checks an attempt; `check` returns `undefined` if it failed.
   * @throws ApiError `too_many_requests` without a check
   */
  attempt<T>(who: SignInAttempt, check: () => Promise<T | undefined>): Promise<T | undefined>
}

/** @param now epoch ms */
export function createSignInThrottle(pool: Pool, now: () => number): SignInThrottle {
  // Right passwords are counted too while they are checked: scripts that sign in at the same time take turns.
  const accounts = concurrencyLimitPerKey({ atOnce: 2, waiting: 32, full: tooManySignIns })
  const addresses = concurrencyLimitPerKey({ atOnce: 2, waiting: 32, full: tooManySignIns })

  return {
    async attempt({ account, ip, device }, check) {
      const who: AttemptKeys = { account: hashOf(account), address: addressKey(ip), device }
      refuseUnlessAdmitted(admit(who, await readCounters(pool, counterKeysOf(who)), now()))
      const run = () => countedCheck({ pool, now }, who, check)
      if (device !== undefined) return accounts(`${who.account}:${device}`).run(run)
      return addresses(who.address).run(() => accounts(who.account).run(run))
    },
  }
}

async function countedCheck<T>(
  { pool, now }: { readonly pool: Pool; readonly now: () => number },
  who: AttemptKeys,
  check: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const { before, charged, at } = await charge(pool, who, now)
  let result: T | undefined
  try {
    result = await check()
  } catch (cause) {
    await lowerCounters(pool, differenceOf(charged, before, at))
    throw cause
  }
  if (result !== undefined) await lowerCounters(pool, forgiven(who, charged, at))
  return result
}

/** Counts the attempt as a failure. */
function charge(pool: Pool, who: AttemptKeys, now: () => number) {
  return withTx(pool, async (db) => {
    const before = await lockCounters(db, counterKeysOf(who))
    const at = now()
    const admission = refuseUnlessAdmitted(admit(who, before, at))
    await storeCounters(db, admission.charged)
    return { before, charged: admission.charged, at }
  })
}

function differenceOf(charged: EmptyAt, before: EmptyAt, now: number): ReadonlyMap<string, number> {
  return new Map([...charged].map(([key, emptyAt]) => [key, emptyAt - Math.max(before.get(key) ?? 0, now)]))
}

type Admission = ReturnType<typeof admit>

function refuseUnlessAdmitted(admission: Admission): Extract<Admission, { isAdmitted: true }> {
  if (admission.isAdmitted) return admission
  const seconds = Math.max(1, Math.ceil(admission.waitMs / 1000))
  throw apiError('too_many_requests', `Too many failed sign-ins. Try again in ${seconds} s.`, {
    retryAfterSeconds: seconds,
  })
}

function hashOf(account: string): string {
  return createHash('sha256').update(account).digest('base64url')
}
