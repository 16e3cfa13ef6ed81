import { isIPv6 } from 'node:net'
import cors from 'cors'
import type { RequestHandler } from 'express'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { apiError } from './problem.ts'

/** Lets pages of these origins call the API. They send tokens, never cookies. */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  return cors({
    origin: [...origins],
    credentials: false,
    allowedHeaders: ['Authorization', 'Content-Type', 'If-Match', 'If-None-Match', 'Idempotency-Key', 'Device-Token'],
    exposedHeaders: ['ETag', 'Link', 'Retry-After', 'X-Request-Id', 'Device-Token'],
    maxAge: 600,
  })
}

/** Called for every response, for Prometheus metrics. */
export type OnResponse = (route: string, status: number, seconds: number) => void

/**
 * `route` is the declared path, never the requested one. `other`: no route matched, or the request was refused before.
 */
export function observeRequests(observe: OnResponse): RequestHandler {
  return (req, res, next) => {
    const begin = performance.now()
    res.once('close', () => {
      const { path } = (req.route ?? { path: 'other' }) as { path: string }
      observe(path, res.statusCode, (performance.now() - begin) / 1000)
    })
    next()
  }
}

/**
 * Limits each client to a number of requests per second, averaged over ten seconds. The counters are in memory, because
 * they protect this process. Password guesses are counted in PostgreSQL.
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

/** Groups of an IPv6 address that identify the network: one host has all addresses in it. */
const networkGroups = 4

/** Key that an address is counted under: an IPv4 address itself, the /64 network of an IPv6 address. */
export function addressKey(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)
  if (mapped?.[1] !== undefined) return mapped[1]
  const [address = ip] = ip.split('%')
  if (!isIPv6(address)) return ip
  const compressed = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail = ''] = compressed.split('::')
  const left = groups(head)
  const right = groups(tail)
  const zeros = new Array<string>(8 - left.length - right.length).fill('0')
  return `${[...left, ...zeros, ...right].slice(0, networkGroups).join(':')}::/64`
}

function groups(text: string): string[] {
  return text === '' ? [] : text.split(':')
}
