import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ApiError } from '../../src-backend/http/problem.ts'
import { deleteExpired } from '../../src-backend/jobs/retention.ts'
import { withTx } from '../../src-backend/db/tx.ts'
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
const aThrottle = () => createSignInThrottle(app.pool, () => Date.now())

interface Guess {
  readonly account: string
  readonly ip?: string
  readonly device?: string
  readonly isRight?: boolean
}

/** Seconds to wait, or whether the password was right. */
async function guess(throttle: SignInThrottle, { ip = freshIp(), isRight = false, ...who }: Guess) {
  let wasHashed = false
  try {
    await throttle.attempt({ ...who, ip }, () => {
      wasHashed = true
      return Promise.resolve(isRight ? true : undefined)
    })
    return isRight ? 'in' : 'wrong'
  } catch (refusal) {
    expect(wasHashed).toBe(false)
    return (refusal as ApiError).extra.retryAfterSeconds
  }
}

/** Guesses wrong `n` times. @returns the results, each one once */
async function guesses(throttle: SignInThrottle, n: number, who: Guess) {
  const results: unknown[] = []
  for (let i = 0; i < n; i++) results.push(await guess(throttle, who))
  return [...new Set(results)]
}

describe('wrong passwords', () => {
  test('from one address are checked ten times, then each further one waits 90 s, and never forever', async () => {
    const throttle = aThrottle()
    const who = { account: 'a', ip: freshIp() }
    expect(await guesses(throttle, 10, who)).toEqual(['wrong'])
    expect(await guess(throttle, { ...who, isRight: true })).toBe(90)
    pass(90)
    expect(await guesses(throttle, 2, who)).toEqual(['wrong', 90])
    pass(90)
    expect(await guess(throttle, { ...who, isRight: true })).toBe('in')
  })

  test('from many addresses are checked twenty times, then each further one waits 90 s', async () => {
    const throttle = aThrottle()
    expect(await guesses(throttle, 20, { account: 'b' })).toEqual(['wrong'])
    expect(await guess(throttle, { account: 'b', isRight: true })).toBe(90)
    pass(90)
    expect(await guess(throttle, { account: 'b', isRight: true })).toBe('in')
  })

  test('for many accounts from one address slow down that address, and no other', async () => {
    const throttle = aThrottle()
    const ip = freshIp()
    for (let i = 0; i < 50; i++) expect(await guess(throttle, { account: `d${i}`, ip })).toBe('wrong')
    expect(await guess(throttle, { account: 'd99', ip, isRight: true })).toBe(60)
    expect(await guess(throttle, { account: 'd99', isRight: true })).toBe('in')
    expect(await guess(throttle, { account: 'd99', ip, device: 'laptop', isRight: true })).toBe('in')
    pass(60)
    expect(await guess(throttle, { account: 'd99', ip, isRight: true })).toBe('in')
  })

  test('are counted by all replicas together, and survive a restart', async () => {
    const [one, other] = [aThrottle(), aThrottle()]
    const who = { account: 'e', ip: freshIp() }
    for (let i = 0; i < 5; i++) for (const throttle of [one, other]) await guess(throttle, who)
    expect(await guess(other, { ...who, isRight: true })).toBe(90)
    expect(await guess(aThrottle(), { ...who, isRight: true })).toBe(90)
  })

  test('of a known device count for that device alone', async () => {
    const throttle = aThrottle()
    const who = { account: 'f', ip: freshIp(), device: 'laptop' }
    expect(await guesses(throttle, 10, who)).toEqual(['wrong'])
    expect(await guess(throttle, { ...who, isRight: true })).toBe(72)
    expect(await guess(throttle, { ...who, device: 'desktop', isRight: true })).toBe('in')
    expect(await guess(throttle, { account: 'f', ip: who.ip, isRight: true })).toBe('in')
  })

  test('leave rows for admitted attempts only, and none after the counters are empty', async () => {
    const throttle = aThrottle()
    const rows = async () => {
      const { rows: found } = await app.pool.query<{ n: number }>('select count(*)::int as n from throttle')
      return found[0]?.n
    }
    await app.pool.query('delete from throttle')
    const ip = freshIp()
    for (let i = 0; i < 300; i++) await guess(throttle, { account: `g${i}`, ip })
    // 50 are checked: a row of each account and of its pair, and one of the address
    expect(await rows()).toBe(2 * 50 + 1)
    const retention = { rawDays: 14, rollupDays: 365, alertDays: 90, auditDays: 365 }
    const clean = () => deleteExpired((run) => withTx(app.pool, run), retention, Date.now())
    pass(120)
    await clean()
    expect(await rows()).toBe(50 + 1)
    pass(3_600)
    await clean()
    expect(await rows()).toBe(0)
  })
})

test('a thousand guesses at once, from a thousand addresses and at three replicas: twenty are checked', async () => {
  const replicas = [1, 2, 3].map(aThrottle)
  const results = await Promise.all(
    Array.from({ length: 1_000 }, (_, i) => guess(replicas[i % 3] as SignInThrottle, { account: 'h' })),
  )
  expect(results.filter((result) => result === 'wrong')).toHaveLength(20)
  expect(results.filter((result) => result === undefined)).toEqual([])
})

test('thirty right passwords at once all sign in', async () => {
  const throttle = aThrottle()
  const who = { account: 'i', ip: freshIp(), isRight: true }
  const results = await Promise.all(Array.from({ length: 30 }, () => guess(throttle, who)))
  expect(new Set(results)).toEqual(new Set(['in']))
})

test('an attempt that could not be checked does not count', async () => {
  const throttle = aThrottle()
  const who = { account: 'j', ip: freshIp() }
  await guesses(throttle, 9, who)
  await expect(throttle.attempt(who, () => Promise.reject(new Error('database away')))).rejects.toThrow('away')
  expect(await guess(throttle, { ...who, isRight: true })).toBe('in')
})

describe('an attack over HTTP', () => {
  interface SignInAs {
    readonly secret?: string
    readonly ip: string
    readonly deviceToken?: string
  }
  const signIn = (username: string, { secret = password, ip, deviceToken }: SignInAs) =>
    app.call('post /api/auth/login', {
      body: { username, password: secret },
      ip,
      ...(deviceToken === undefined ? {} : { headers: { 'Device-Token': deviceToken } }),
    })

  /** Twenty guesses a second from one address, as a script without patience. */
  async function attack(username: string, { ip, seconds }: { ip: string; seconds: number }) {
    const statuses: number[] = []
    for (let second = 0; second < seconds; second++) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => signIn(username, { secret: 'guess', ip })))
      statuses.push(...answers.map(({ status }) => status))
      pass(1)
    }
    return statuses.filter((status) => status !== 429)
  }

  test('leaves the owner in at once, from elsewhere, while it goes on', async () => {
    await app.addAccount('kim')
    const [ip, home] = [freshIp(), freshIp()]
    expect(await attack('KIM', { ip, seconds: 70 })).toEqual(Array.from({ length: 10 }, () => 401))
    const statuses = await Promise.all([attack('kim', { ip, seconds: 1 }), signIn('kim', { ip: home })])
    expect(statuses[1].status).toBe(200)
  })

  test('leaves the owner in at the same address, on a device that signed in before', async () => {
    await app.addAccount('lee')
    const ip = freshIp()
    const deviceToken = (await signIn('lee', { ip })).headers.get('device-token') ?? ''
    await attack('lee', { ip, seconds: 70 })
    expect((await signIn('lee', { ip })).status).toBe(429)
    expect(problemIn(await signIn('lee', { ip, secret: 'typo', deviceToken }))).toEqual([401, 'invalid_credentials'])
    expect((await signIn('lee', { ip, deviceToken })).status).toBe(200)
  })

  test('cannot use the device token of another account, nor a made-up one, nor one from before a new password', async () => {
    await app.addAccount('mia')
    await app.addAccount('mallory')
    const ip = freshIp()
    const tokenOf = async (name: string) => (await signIn(name, { ip })).headers.get('device-token') ?? ''
    const [own, before] = [await tokenOf('mallory'), await tokenOf('mia')]
    const { access_token: token } = await app.signIn('mia')
    const body = { current_password: password, new_password: 'amber kettle of rain' }
    const changed = await app.call('post /api/auth/password', { token, body })
    await attack('mia', { ip, seconds: 5 })
    const right = { ip, secret: body.new_password }
    for (const deviceToken of [own, before, token, 'x', '']) {
      expect(problemIn(await signIn('mia', { ...right, deviceToken }))).toEqual([429, 'too_many_requests'])
    }
    const deviceToken = changed.headers.get('device-token') ?? ''
    expect((await signIn('mia', { ...right, deviceToken })).status).toBe(200)
  })

  test('does not keep a signed-in user from changing the password', async () => {
    await app.addAccount('noa')
    const { access_token: token } = await app.signIn('noa')
    const ip = freshIp()
    await attack('noa', { ip, seconds: 5 })
    const body = { current_password: password, new_password: 'amber kettle of rain' }
    expect((await app.call('post /api/auth/password', { token, ip, body })).status).toBe(200)
  })

  test('is answered 429 with the time to wait, even for the right password', async () => {
    await app.addAccount('pat')
    const ip = freshIp()
    await attack('pat', { ip, seconds: 1 })
    const refused = await signIn('pat', { ip })
    expect([problemIn(refused), refused.headers.get('retry-after')]).toEqual([[429, 'too_many_requests'], '89'])
    pass(89)
    expect((await signIn('pat', { ip })).status).toBe(200)
  })

  test('on a name that does not exist looks the same', async () => {
    expect(await attack('nobody', { ip: freshIp(), seconds: 2 })).toEqual(Array.from({ length: 10 }, () => 401))
  })
})

test('a dozen people behind one address who mistype four times each all get in', async () => {
  const ip = freshIp()
  const names = Array.from({ length: 12 }, (_, n) => `typist${n}`)
  for (const name of names) await app.addAccount(name)
  const login = async (username: string, secret: string) =>
    (await app.call('post /api/auth/login', { body: { username, password: secret }, ip })).status
  for (let n = 0; n < 4; n++) for (const name of names) expect(await login(name, 'typo')).toBe(401)
  for (const name of names) expect(await login(name, password)).toBe(200)
})
