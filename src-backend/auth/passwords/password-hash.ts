import { hash, parseOptions, verify } from '@node-rs/argon2'
import { concurrencyLimit } from '../../http/concurrency-limit.ts'

/** argon2id as the OWASP password storage cheat sheet has it: 19 MiB, two passes, one lane. */
const cost = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** What somebody hears who finds a line of sign-ins full. */
export const tooManySignIns = 'Too many sign-ins right now.'

/** Two hashes fill two cores and 38 MiB for some 30 ms; those who wait beyond 32 would wait longer than they like. */
const size = { atOnce: 2, waiting: 32, full: tooManySignIns }

/** The hash of no password, as costly to check as any. */
const dummyHash = `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`

export interface PasswordHasher {
  hash(password: string): Promise<string>
  /** `stored` undefined: there is no such user, which takes as long to find out as a wrong password. */
  verify(stored: string | undefined, password: string): Promise<boolean>
  /** Made at a lower cost than today's. */
  isOutdated(stored: string): boolean
}

/** However many ask, no more than two passwords are hashed at once. */
export function createPasswordHasher(): PasswordHasher {
  const line = concurrencyLimit(size)
  return {
    hash: (password) => line.run(() => hash(password, cost)),
    verify: (stored, password) => line.run(() => verify(stored ?? dummyHash, password)),
    isOutdated: (stored) => {
      const made = parseOptions(stored)
      return (
        Number(made.algorithm) !== cost.algorithm ||
        made.memoryCost < cost.memoryCost ||
        made.timeCost < cost.timeCost ||
        made.parallelism < cost.parallelism
      )
    },
  }
}
