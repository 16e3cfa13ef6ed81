import { createHash } from 'node:crypto'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { Pool } from '../../db/db.ts'
import { addressKey } from '../../http/middleware.ts'
import { apiError } from '../../http/problem.ts'
import { concurrencyLimitPerKey } from '../../http/concurrency-limit.ts'
import { tooManySignIns } from '../passwords/password-hash.ts'

/** So many wrong passwords are forgiven in a window, to an account and to an address. */
const freeFailures = 5
const windowSeconds = 15 * 60
const longestDelaySeconds = 60
/** While one try of a key with failures is judged, no replica judges another. */
const claimSeconds = 3

/** Who tries. */
export interface SignInAttempt {
  /** Also of one that does not exist: nobody learns from a delay who does. */
  readonly account: string
  readonly ip: string
}

/**
 * Slows down guessing. After 5 failures in 15 minutes every further try of the account, or from the address, waits 1, 2,
 * 4 … 60 s: never for ever, so that nobody is locked out by somebody else. Counters are in PostgreSQL, shared by all
 * replicas and kept over restarts. While it waits not even the right password is looked at.
 */
export interface SignInThrottle {
  /**
   * Judges a try; `check` gives `undefined` when it failed.
   * @throws ApiError `too_many_requests` without having judged
   */
  attempt<T>(who: SignInAttempt, check: () => Promise<T | undefined>): Promise<T | undefined>
}

/** How long the next try waits after so many failures. */
export function delayAfter(failures: number): number {
  if (failures < freeFailures) return 0
  return Math.min(2 ** (failures - freeFailures), longestDelaySeconds)
}

export function createSignInThrottle(pool: Pool): SignInThrottle {
  const counters = createCounters(pool)
  // Tries that come at once are judged one after another, else all of them would pass before the first one failed.
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
    // The address first: one that must wait itself cannot make an account wait.
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
    /** Whether it claimed the gate; it does so only where there were failures enough. */
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
