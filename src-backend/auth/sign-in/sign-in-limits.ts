/**
 * How many wrong passwords are checked, as pure functions. A counter holds failures and loses one every `everyMs`. It is
 * stored as one time: when it will be empty (the generic cell rate algorithm of ATM Forum TM 4.0).
 *
 * Two kinds of attempts do not disturb each other (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"):
 *
 * - From a device that signed in to this account before: counted for that device alone.
 * - From any other device: counted for the account, for the address, and for the pair of both. An address that is new to
 *   the account may use all of the account's limit, any other address half of it. So an address that never stops
 *   leaves the other half to the owner.
 *
 * In any hour, at most `limit` plus one per `everyMs` are checked: 60 for an account, and 60 for a known device.
 */
interface Counter {
  readonly key: string
  /** Failures that it holds. */
  readonly limit: number
  /** The same for an address that is not new to the account. Absent: `limit`. */
  readonly repeatedLimit?: number
  readonly everyMs: number
  /** What the right password forgives: all failures of this device or pair, or only this attempt. */
  readonly forgives: 'own' | 'this'
}

/** Account and origin of an attempt. */
export interface AttemptKeys {
  readonly account: string
  readonly address: string
  /** Id of a device that signed in to this account before. */
  readonly device?: string | undefined
}

/** Epoch ms at which each counter is empty, by key; absent: it is empty. */
export type EmptyAt = ReadonlyMap<string, number>

export type Admission =
  | { readonly isAdmitted: false; readonly waitMs: number }
  /** `charged`: the counters with this attempt as a failure, which it is until the check is done. */
  | { readonly isAdmitted: true; readonly charged: EmptyAt }

const minuteMs = 60_000
const accountLimit = { limit: 20, repeatedLimit: 10, everyMs: 1.5 * minuteMs, forgives: 'own' } as const
/** Far more than the people behind one address mistype. After that, one a minute. */
const addressLimit = { limit: 50, everyMs: minuteMs, forgives: 'this' } as const
/** Failures until an address is no longer new to the account. It never refuses. */
const pairLimit = { limit: 5, everyMs: 60 * minuteMs, forgives: 'own' } as const
const deviceLimit = { limit: 10, everyMs: 1.2 * minuteMs, forgives: 'own' } as const

/** The last one counts for this device or pair alone. */
function countersOf({ account, address, device }: AttemptKeys): readonly [...Counter[], Counter] {
  if (device !== undefined) return [{ key: `device:${account}:${device}`, ...deviceLimit }]
  return [
    { key: `account:${account}`, ...accountLimit },
    { key: `address:${address}`, ...addressLimit },
    { key: `pair:${account}:${address}`, ...pairLimit },
  ]
}

/** Keys of all counters of an attempt. */
export function counterKeysOf(who: AttemptKeys): string[] {
  return countersOf(who).map(({ key }) => key)
}

/** Whether the password of this attempt may be checked at `now`. */
export function admit(who: AttemptKeys, emptyAt: EmptyAt, now: number): Admission {
  const counters = countersOf(who)
  const own = ownOf(counters)
  const isRepeated = waitMsOf(own, emptyAt, now) > 0
  const limiting = who.device === undefined ? counters.slice(0, -1) : counters
  const waits = limiting.map(({ repeatedLimit, ...counter }) =>
    waitMsOf(isRepeated && repeatedLimit !== undefined ? { ...counter, limit: repeatedLimit } : counter, emptyAt, now),
  )
  const waitMs = Math.max(...waits)
  if (waitMs > 0) return { isAdmitted: false, waitMs }
  return { isAdmitted: true, charged: new Map(counters.map((counter) => [counter.key, charge(counter, emptyAt, now)])) }
}

/** Milliseconds to take from each counter after the right password. Failures from elsewhere stay. */
export function forgiven(who: AttemptKeys, charged: EmptyAt, now: number): ReadonlyMap<string, number> {
  const counters = countersOf(who)
  const own = ownOf(counters)
  const failures = Math.ceil(((charged.get(own.key) ?? now) - now) / own.everyMs)
  return new Map(counters.map(({ key, everyMs, forgives }) => [key, (forgives === 'own' ? failures : 1) * everyMs]))
}

function ownOf(counters: readonly [...Counter[], Counter]): Counter {
  return counters[counters.length - 1] as Counter
}

/** Milliseconds until the counter has room for one more failure. */
function waitMsOf({ key, limit, everyMs }: Counter, emptyAt: EmptyAt, now: number): number {
  return Math.max(0, (emptyAt.get(key) ?? 0) - now - (limit - 1) * everyMs)
}

function charge({ key, limit, everyMs }: Counter, emptyAt: EmptyAt, now: number): number {
  const full = now + limit * everyMs
  return Math.min(Math.max(emptyAt.get(key) ?? 0, now) + everyMs, full)
}
