import { createHash } from 'node:crypto'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { Pool } from '../../db/db.ts'
import { addressKey } from '../../http/middleware.ts'
import { apiError } from '../../http/problem.ts'
import { concurrencyLimitPerKey } from '../../http/concurrency-limit.ts'
import { tooManySignIns } from '../passwords/password-hash.ts'

/** Free wrong passwords in a window, for an account and for an address. */
const freeFailures = 5
const windowSeconds = 15 * 60
const longestDelaySeconds = 60
/** While one attempt for a key with failures is checked, no other replica checks one. */
const claimSeconds = 3

/** Account and address of an attempt. */
export interface SignInAttempt {
  /** Also of an account that does not exist: a delay must not reveal which accounts exist. */
  readonly account: string
  readonly ip: string
}

/**
 * Slows down guessing. After 5 failures in 15 minutes, each further attempt waits 1, 2, 4 … 60 s. Failures count for
 * the account and for the address. It never waits forever, so that nobody can lock out another user. The counters are
 * in PostgreSQL: all replicas share them and they survive restarts. During the wait, even the right password is not
 * checked.
 */
export interface SignInThrottle {
  /**
   * Checks an attempt; `check` returns `undefined` if it failed.
   * @throws ApiError `too_many_requests` without a check
   */
  attempt<T>(who: SignInAttempt, check: () => Promise<T | undefined>): Promise<T | undefined>
}

/** Seconds that the next attempt waits after this many failures. */
export function delayAfter(failures: number): number {
  if (failures < freeFailures) return 0
  return Math.min(2 ** (failures - freeFailures), longestDelaySeconds)
}

export function createSignInThrottle(pool: Pool): SignInThrottle {
  const counters = createCounters(pool)
  // Simultaneous attempts are checked one after another. Otherwise all would pass before the first one failed.
  const accounts = concurrencyLimitPerKey({ atOnce: 1, waiting: 16, full: tooManySignIns })
  const addresses = concurrencyLimitPerKey({ atOnce: 2, waiting: 32, full: tooManySignIns })

  return {
    attempt: ({ account, ip }, check) => {
      const byAddress = `ip:${addressKey(ip)}`
      const byAccount = `account:${createHash('sha256').update(account).digest('base64url')}`
      return addresses(byAddress).run(() =>
        accounts(byAccount).run(() => checkOne(counters, { byAddress, byAccount }, check)),
      )
    },
  }
}

interface Keys {
  readonly byAddress: string
  readonly byAccount: string
}

async function checkOne<T>(
  counters: Counters,
  { byAddress, byAccount }: Keys,
  check: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const claims: string[] = []
  let wrong = false
  try {
    // The address first: an address that must wait cannot make an account wait.
    for (const key of [byAddress, byAccount]) if (await counters.enter(key)) claims.push(key)
    const result = await check()
    wrong = result === undefined
    if (wrong) await Promise.all([counters.failed(byAddress), counters.failed(byAccount)])
    else await counters.forget(byAccount)
    return result
  } finally {
    if (!wrong) await Promise.all(claims.map((key) => counters.release(key)))
  }
}

type Counters = ReturnType<typeof createCounters>

function createCounters(pool: Pool) {
  const store = { storeClient: pool, storeType: 'pool', tableName: 'throttle', tableCreated: true }
  const failures = new RateLimiterPostgres({
    ...store,
    keyPrefix: 'failures',
    points: freeFailures,
    duration: windowSeconds,
  })
  const gate = new RateLimiterPostgres({
    ...store,
    keyPrefix: 'gate',
    points: 1,
    duration: claimSeconds,
    clearExpiredByTimeout: false, // `failures` clears the whole table
  })

  return {
    /** @returns whether it claimed the gate; only keys with enough failures have one */
    async enter(key: string): Promise<boolean> {
      const failed = (await failures.get(key))?.consumedPoints ?? 0
      if (failed < freeFailures) return false
      await gate.consume(key).catch((refusal: unknown) => {
        throw refusal instanceof RateLimiterRes ? tooMany(refusal.msBeforeNext) : refusal
      })
      return true
    },
    async failed(key: string): Promise<void> {
      const { consumedPoints } = await failures.penalty(key)
      const seconds = delayAfter(consumedPoints)
      if (seconds > 0) await gate.block(key, seconds)
    },
    forget: (key: string) => failures.delete(key),
    release: (key: string) => gate.delete(key),
  }
}

function tooMany(waitMs: number) {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  return apiError('too_many_requests', `Too many failed sign-ins. Try again in ${seconds} s.`, {
    retryAfterSeconds: seconds,
  })
}
