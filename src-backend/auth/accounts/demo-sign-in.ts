import type { DemoSignIn } from '#shared/rest/auth.ts'
import type { Db } from '../../db/db.ts'
import type { Passwords } from '../passwords/passwords.ts'
import { findAccountByName } from './repo.ts'

/** The administrator of a demo. Its name and password are public. */
export const demoAdmin = { username: 'admin', email: 'admin@remo.local', role: 'admin' } as const
export const demoPassword = 'admin123'

/** Tells the sign-in of a demo. */
export interface DemoSignIns {
  /** `null` for any backend that is no demo, and after the user or the password has changed. */
  read(db: Db): Promise<DemoSignIn | null>
}

export function createDemoSignIns({ demo, passwords }: { demo: boolean; passwords: Passwords }): DemoSignIns {
  /** Hashing is slow and this is asked without a sign-in: once for each stored hash. */
  let checked: { readonly passwordHash: string; readonly isRight: Promise<boolean> } | undefined
  return {
    async read(db) {
      if (!demo) return null
      const account = await findAccountByName(db, demoAdmin.username)
      if (account === undefined || account.disabled) return null
      const { passwordHash } = account
      if (checked?.passwordHash !== passwordHash)
        checked = { passwordHash, isRight: passwords.verify(passwordHash, demoPassword) }
      return (await checked.isRight) ? { username: account.username, password: demoPassword } : null
    },
  }
}
