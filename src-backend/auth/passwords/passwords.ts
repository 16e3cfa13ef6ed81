import { apiError } from '../../http/problem.ts'
import { createPasswordHasher, type PasswordHasher } from './password-hash.ts'
import { type PasswordOwner, passwordWeakness } from './password-policy.ts'

/** Policy and hashing of passwords. */
export interface Passwords extends PasswordHasher {
  /**
   * Hashes a password that a user chose.
   * @throws ApiError `weak_password`
   */
  accept(password: string, owner: PasswordOwner): Promise<string>
}

export function createPasswords({ minLength }: { minLength: number }): Passwords {
  const hasher = createPasswordHasher()
  return {
    ...hasher,
    async accept(password, owner) {
      const weakness = passwordWeakness(password, { owner, minLength })
      if (weakness !== undefined) throw apiError('weak_password', weakness)
      return hasher.hash(password)
    },
  }
}
