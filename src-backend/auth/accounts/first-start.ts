import type { Log } from '#shared/log.ts'
import type { Db, Pool } from '../../db/db.ts'
import { withTx } from '../../db/tx.ts'
import { createAccount } from './accounts.ts'
import { demoAdmin, demoPassword } from './demo-sign-in.ts'
import type { Passwords } from '../passwords/passwords.ts'
import { dropSetupToken, insertSetupToken, lockSeeding, whichAccountsExist } from './repo.ts'
import { newSecretToken } from '../tokens/secret-token.ts'

export interface FirstStartDeps {
  readonly pool: Pool
  readonly passwords: Passwords
  readonly demo: boolean
  readonly log: Log
  readonly now: () => number
}

type FirstStartState = { readonly kind: 'done' | 'waiting' } | { readonly kind: 'token'; readonly token: string }

/**
 * Prepares the first sign-in of a database without an administrator. The demo gets an administrator with a well-known
 * password. Any other database gets a set-up token, written to the log once. It happens once, however many replicas
 * start.
 */
export async function prepareAccounts({ pool, passwords, demo, log, now }: FirstStartDeps): Promise<void> {
  const seed = demo ? await passwords.hash(demoPassword) : undefined
  const outcome = await withTx(pool, (db) => prepareIn(db, { seed, now: now() }))
  if (demo) {
    log.warn('DEMO: anyone can sign in as admin with the password admin123. Never expose this to others.')
  }
  if (outcome.kind === 'token') {
    log.warn('no administrator yet: create one with POST /api/auth/setup and this setup token', {
      setupToken: outcome.token,
    })
  }
  if (outcome.kind === 'waiting') {
    log.warn('still no administrator: the setup token is in the log of the first start', {
      lost: 'run "delete from setup_token" in the database, then restart: the log gets a new token',
    })
  }
}

async function prepareIn(db: Db, { seed, now }: { seed: string | undefined; now: number }): Promise<FirstStartState> {
  await lockSeeding(db)
  const { any, admin } = await whichAccountsExist(db)
  if (admin) return { kind: 'done' }
  if (seed !== undefined && !any) {
    await createAccount(db, { ...demoAdmin, passwordHash: seed, now })
    await dropSetupToken(db)
    return { kind: 'done' }
  }
  const { token, hash } = newSecretToken()
  return (await insertSetupToken(db, hash, new Date(now))) ? { kind: 'token', token } : { kind: 'waiting' }
}
