import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { admit, type AttemptKeys, counterKeysOf, forgiven } from './sign-in-limits.ts'

const hourMs = 3_600_000

/** Counters of a backend, and what happens to attempts. */
class Attempts {
  readonly emptyAt = new Map<string, number>()
  now = 1_764_000_000_000

  /** @returns 0 if the password was checked, else milliseconds to wait */
  wrong(who: AttemptKeys): number {
    const admission = admit(who, this.emptyAt, this.now)
    if (!admission.isAdmitted) return admission.waitMs
    for (const [key, at] of admission.charged) this.emptyAt.set(key, at)
    return 0
  }

  right(who: AttemptKeys): number {
    const admission = admit(who, this.emptyAt, this.now)
    if (!admission.isAdmitted) return admission.waitMs
    const byMs = forgiven(who, admission.charged, this.now)
    for (const [key, at] of admission.charged) this.emptyAt.set(key, at - (byMs.get(key) ?? 0))
    return 0
  }

  /** Wrong passwords without a pause, and how many were checked. */
  attack(who: AttemptKeys, forMs: number): number {
    const end = this.now + forMs
    let checked = 0
    for (; this.now < end; this.now += 500) if (this.wrong(who) === 0) checked += 1
    return checked
  }
}

const owner = { account: 'ada', address: '10.0.0.1' }
const attacker = { account: 'ada', address: '10.6.6.6' }
const laptop = { ...attacker, device: 'laptop' }

describe('one address that never stops', () => {
  test('is checked ten times, then every 90 s', () => {
    const attempts = new Attempts()
    const perMinute = Array.from({ length: 60 }, () => attempts.attack(attacker, 60_000))
    expect([perMinute[0], perMinute.slice(1).reduce((sum, n) => sum + n, 0)]).toEqual([10, 39])
  })

  test('does not keep the owner out at another address, who may mistype four times', () => {
    const attempts = new Attempts()
    for (const forMs of [1_000, 70_000, hourMs, 24 * hourMs]) {
      attempts.attack(attacker, forMs)
      for (let n = 0; n < 4; n++) expect([forMs, attempts.wrong(owner)]).toEqual([forMs, 0])
      expect([forMs, attempts.right(owner)]).toEqual([forMs, 0])
      attempts.now += hourMs
    }
  })

  test('does not keep out a device at the same address that signed in before', () => {
    const attempts = new Attempts()
    attempts.attack(attacker, hourMs)
    for (let n = 0; n < 10; n++) attempts.attack({ ...attacker, account: `other-${n}` }, 10_000)
    expect(attempts.right(attacker)).toBeGreaterThan(0)
    for (let n = 0; n < 5; n++) expect(attempts.wrong(laptop)).toBe(0)
    expect(attempts.right(laptop)).toBe(0)
  })

  test('slows itself down for other accounts: 50 checked, then one a minute', () => {
    const attempts = new Attempts()
    let checked = 0
    for (let n = 0; n < 7_200; n++, attempts.now += 500) {
      if (attempts.wrong({ account: `name-${n}`, address: '10.6.6.6' }) === 0) checked += 1
    }
    expect(checked).toBe(50 + 59)
  })
})

test('from thirty addresses at once, the owner at another one waits less than two minutes', () => {
  const attempts = new Attempts()
  const addresses = Array.from({ length: 30 }, (_, n) => ({ account: 'ada', address: `10.6.6.${n}` }))
  for (let n = 0; n < 3_600; n++, attempts.now += 1_000) for (const one of addresses) attempts.wrong(one)
  const begin = attempts.now
  while (attempts.right(owner) > 0) {
    for (const one of addresses) attempts.wrong(one)
    attempts.now += 1_000
  }
  expect(attempts.now - begin).toBeLessThan(120_000)
})

test('a dozen people behind one address who mistype four times each are not locked out', () => {
  const attempts = new Attempts()
  const people = Array.from({ length: 12 }, (_, n) => ({ account: `user-${n}`, address: '192.0.2.1' }))
  for (let n = 0; n < 4; n++) for (const one of people) expect(attempts.wrong(one)).toBe(0)
  expect(people.map((one) => attempts.right(one))).toEqual(people.map(() => 0))
})

test('the right password forgives the failures of its address, and no others', () => {
  const attempts = new Attempts()
  for (let n = 0; n < 5; n++) attempts.wrong(owner)
  for (let n = 0; n < 5; n++) attempts.wrong(attacker)
  expect(attempts.right(owner)).toBeGreaterThan(0)
  attempts.now += 90_000
  expect(attempts.right(owner)).toBe(0)
  const left = [...attempts.emptyAt].filter(([key]) => key.startsWith('account:')).map(([, at]) => at - attempts.now)
  expect(left).toEqual([5 * 90_000])
  for (let n = 0; n < 5; n++) expect(attempts.wrong(owner)).toBe(0)
})

test('in any hour at most 60 passwords of an account are checked, whatever their origins and times', () => {
  const step = fc.record({
    address: fc.integer({ min: 0, max: 40 }),
    waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200_000 })),
    times: fc.integer({ min: 1, max: 30 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const attempts = new Attempts()
      const checkedAt: number[] = []
      for (const { address, waitMs, times } of steps) {
        attempts.now += waitMs
        for (let n = 0; n < times; n++) {
          if (attempts.wrong({ account: 'ada', address: `10.0.0.${address}` }) === 0) checkedAt.push(attempts.now)
        }
      }
      checkedAt.forEach((at, index) => expect((checkedAt[index + 60] ?? Infinity) - at).toBeGreaterThan(hourMs - 1))
    }),
    { numRuns: 300 },
  )
})

test('the time to wait is enough, and one millisecond less is not', () => {
  const attempts = new Attempts()
  attempts.attack(attacker, 60_000)
  const waitMs = attempts.wrong(attacker)
  attempts.now += waitMs - 1
  expect(attempts.wrong(attacker)).toBe(1)
  attempts.now += 1
  expect(attempts.wrong(attacker)).toBe(0)
})

test('a known device has no counter in common with other attempts', () => {
  expect(counterKeysOf(laptop).filter((key) => counterKeysOf(attacker).includes(key))).toEqual([])
})
