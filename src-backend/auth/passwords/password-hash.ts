import { hash, parseOptions, verify } from '@node-rs/argon2'
import { concurrencyLimit } from '../../http/concurrency-limit.ts'

/** argon2id with the parameters of the OWASP password storage cheat sheet: 19 MiB, two passes, one lane. */
const cost = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Problem text when the queue of sign-ins is full. */
export const tooManySignIns = 'Too many sign-ins right now.'

/** Two hashes use two cores and 38 MiB for about 30 ms. Beyond 32 queued ones, waiting would take too long. */
const size = { atOnce: 2, waiting: 32, full: tooManySignIns }

/** A hash that no password matches. Checking it costs as much as any other. */
const dummyHash = `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`

export interface PasswordHasher {
  hash(password: string): Promise<string>
  /** @param stored `undefined` for an unknown user: the check takes as long as for a wrong password */
  verify(stored: string | undefined, password: string): Promise<boolean>
  /** Whether the hash was made at a lower cost than the current one. */
  isOutdated(stored: string): boolean
}

/** Hashes at most two passwords at the same time. */
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
