import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { addressKey } from './address-key.ts'
import { apiError } from './fail.ts'

/**
 * Keeps one client from taking all: so many requests a second, averaged over ten. Per process and in memory, since it
 * guards this process; guesses of passwords are counted elsewhere, in PostgreSQL.
 */
export function requestThrottle(perSecond: number): (ip: string) => Promise<void> {
  const seconds = 10
  const limiter = new RateLimiterMemory({ points: perSecond * seconds, duration: seconds })
  return async (ip) => {
    try {
      await limiter.consume(addressKey(ip))
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused
      throw apiError('too_many_requests', `Your address sent more than ${perSecond} requests per second.`, {
        retryAfterSeconds: refused.msBeforeNext / 1000,
      })
    }
  }
}
