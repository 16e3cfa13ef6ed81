import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ApiError } from '../../src-backend/http/problem.ts'
import { createSignInThrottle, type SignInThrottle } from '../../src-backend/auth/sign-in/sign-in-throttle.ts'
import { authApp, type AuthApp, freshIp, password } from '../support/auth-app.ts'
import { problemIn } from '../support/backend-app.ts'

let app: AuthApp
beforeAll(async () => {
  app = await authApp()
})
afterAll(() => app.end())
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

/** Seconds to wait, or whether the password was right. */
async function guess(throttle: SignInThrottle, who: { account: string; ip?: string; isRight?: boolean }) {
  const { account, ip = freshIp(), isRight = false } = who
  let wasHashed = false
  try {
    await throttle.attempt({ account, ip }, () => {
      wasHashed = true
      return Promise.resolve(isRight ? true : undefined)
    })
    return isRight ? 'in' : 'wrong'
  } catch (refusal) {
    expect(wasHashed).toBe(false)
    return (refusal as ApiError).extra.retryAfterSeconds
  }
}

/**
 * Guesses wrong `n` times and waits in between as required.
 * @returns the required seconds
 */
async function guessPatiently(throttle: SignInThrottle, n: number, who: { account: string; ip?: string }) {
  const waits: number[] = []
  while (n > 0) {
    const result = await guess(throttle, who)
    if (typeof result === 'number') {
      waits.push(result)
      pass(result)
    } else n -= 1
  }
  return waits
}

describe('wrong passwords', () => {
  test('after five of them each further attempt waits longer, up to a minute, and never forever', async () => {
    const throttle = createSignInThrottle(app.pool)
    expect(await guessPatiently(throttle, 13, { account: 'a' })).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
    expect(await guess(throttle, { account: 'a', isRight: true })).toBe(60)
    pass(60)
    expect(await guess(throttle, { account: 'a', isRight: true })).toBe('in')
  })

  test('are cleared for the account by the right one', async () => {
    const throttle = createSignInThrottle(app.pool)
    await guessPatiently(throttle, 8, { account: 'b' })
    pass(60)
    expect(await guess(throttle, { account: 'b', isRight: true })).toBe('in')
    expect(await guessPatiently(throttle, 5, { account: 'b' })).toEqual([])
  })

  test('are cleared after a quarter of an hour', async () => {
    const throttle = createSignInThrottle(app.pool)
    await guessPatiently(throttle, 5, { account: 'c' })
    pass(15 * 60)
    expect(await guessPatiently(throttle, 5, { account: 'c' })).toEqual([])
  })

  test('for many accounts from one address slow down that address, and no other', async () => {
    const throttle = createSignInThrottle(app.pool)
    const ip = freshIp()
    for (let i = 0; i < 5; i++) expect(await guess(throttle, { account: `d${i}`, ip })).toBe('wrong')
    expect(await guess(throttle, { account: 'd9', ip, isRight: true })).toBe(1)
    expect(await guess(throttle, { account: 'd9', isRight: true })).toBe('in')
    pass(1)
    expect(await guess(throttle, { account: 'd9', ip, isRight: true })).toBe('in')
    expect(await guess(throttle, { account: 'd8', ip, isRight: true })).toBe('in')
    expect(await guess(throttle, { account: 'd8', ip })).toBe('wrong')
    expect(await guess(throttle, { account: 'd8', ip, isRight: true })).toBe(2)
  })

  test('are counted by all replicas together, and survive a restart', async () => {
    const [one, other] = [createSignInThrottle(app.pool), createSignInThrottle(app.pool)]
    for (const throttle of [one, other, one, other, one]) await guess(throttle, { account: 'e' })
    expect(await guess(other, { account: 'e', isRight: true })).toBe(1)
    expect(await guess(createSignInThrottle(app.pool), { account: 'e', isRight: true })).toBe(1)
  })

  test('from an address that must wait do not make the account wait', async () => {
    const throttle = createSignInThrottle(app.pool)
    const ip = freshIp()
    await guessPatiently(throttle, 6, { account: 'f', ip })
    await guessPatiently(throttle, 3, { account: 'g', ip })
    pass(5)
    for (let i = 0; i < 3; i++) expect(await guess(throttle, { account: 'f', ip })).toEqual(expect.any(Number))
    expect(await guess(throttle, { account: 'f', isRight: true })).toBe('in')
  })
})

describe('a thousand guesses', () => {
  test('simultaneously, from a thousand addresses and at three replicas: about eight are checked', async () => {
    const replicas = [1, 2, 3].map(() => createSignInThrottle(app.pool))
    const results = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => guess(replicas[i % 3] as SignInThrottle, { account: 'h' })),
    )
    const checked = results.filter((result) => result === 'wrong').length
    // Each replica checks one at a time. An attempt that another one is checking is not counted yet.
    expect(checked).toBeGreaterThanOrEqual(5)
    expect(checked).toBeLessThanOrEqual(8)
    expect(results.filter((result) => result === undefined)).toEqual([])
  })

  test('as fast as allowed take many hours, whatever their origin', async () => {
    const throttle = createSignInThrottle(app.pool)
    const start = Date.now()
    await guessPatiently(throttle, 100, { account: 'i' })
    const hours = ((Date.now() - start) / 3_600_000) * 10
    expect(hours).toBeGreaterThan(8)
  })
})

test('an attempt that could not be checked does not count', async () => {
  const throttle = createSignInThrottle(app.pool)
  const who = { account: 'j', ip: freshIp() }
  await guessPatiently(throttle, 5, who)
  pass(1)
  await expect(throttle.attempt(who, () => Promise.reject(new Error('database away')))).rejects.toThrow('away')
  expect(await guess(throttle, { ...who, isRight: true })).toBe('in')
})

test('over HTTP even the right password is answered 429 with Retry-After during the wait', async () => {
  await app.addAccount('kim')
  const login = (secret: string) => app.call('post /api/auth/login', { body: { username: 'KIM', password: secret } })
  for (let i = 0; i < 5; i++) expect(problemIn(await login('wrong'))).toEqual([401, 'invalid_credentials'])
  const refused = await login(password)
  expect([problemIn(refused), refused.headers.get('retry-after')]).toEqual([[429, 'too_many_requests'], '1'])
  pass(1)
  expect((await login(password)).status).toBe(200)
})

test('an unknown name waits like a known one', async () => {
  const login = () => app.call('post /api/auth/login', { body: { username: 'nobody', password } })
  const codes = []
  for (let i = 0; i < 6; i++) codes.push((await login()).status)
  expect(codes).toEqual([401, 401, 401, 401, 401, 429])
})
