import type { Log } from '#shared/log.ts'
import type { User } from '#shared/rest/auth.ts'
import { writeAudit } from '../../audit/service.ts'
import { apiError } from '../../http/problem.ts'
import { createAccount, toUser } from './accounts.ts'
import type { AuthCall } from '../auth-call.ts'
import type { Passwords } from '../passwords/passwords.ts'
import { consumeSetupToken, hasSetupToken } from './repo.ts'
import { hashOfToken } from '../tokens/secret-token.ts'

export interface RegistrationDeps {
  readonly registration: 'open' | 'closed'
  readonly passwords: Passwords
  readonly log: Log
}

interface Applicant {
  readonly username: string
  readonly email: string
  readonly password: string
}

/** Creates a viewer account for the caller. */
export async function register(
  { registration, passwords, log }: RegistrationDeps,
  { tx, now, requestId, ip }: AuthCall,
  { password, ...applicant }: Applicant,
): Promise<User> {
  if (registration === 'closed') {
    throw apiError('registration_closed', 'Registration is closed. Ask an administrator for an account.')
  }
  const passwordHash = await passwords.accept(password, applicant)
  const account = await tx(async (db) => {
    const made = await createAccount(db, { ...applicant, passwordHash, role: 'viewer', now })
    const actor = { accountId: made.id, username: made.username }
    const after = { username: made.username, email: made.email, role: made.role }
    await writeAudit(db, { actor, action: 'user.registered', subject: made.username, after, requestId })
    return made
  })
  log.info('user registered', { username: account.username, ip, requestId })
  return toUser(account)
}

/** Creates the first administrator for a person who can read the log of the first start. The token works once. */
export async function setUpFirstAdmin(
  { passwords, log }: RegistrationDeps,
  { pool, tx, now, requestId, ip }: AuthCall,
  { password, token, ...applicant }: Applicant & { readonly token: string },
): Promise<User> {
  const hash = hashOfToken(token)
  if (!(await hasSetupToken(pool, hash))) {
    log.warn('setup token refused', { ip, requestId })
    throw refused()
  }
  const passwordHash = await passwords.accept(password, applicant)
  const account = await tx(async (db) => {
    if (!(await consumeSetupToken(db, hash))) throw refused()
    const made = await createAccount(db, { ...applicant, passwordHash, role: 'admin', now })
    const actor = { accountId: made.id, username: made.username }
    const after = { username: made.username, email: made.email, role: made.role }
    await writeAudit(db, { actor, action: 'user.created', subject: made.username, after, requestId })
    return made
  })
  log.info('first administrator created', { username: account.username, ip, requestId })
  return toUser(account)
}

function refused() {
  return apiError('setup_refused', 'The setup token is wrong or already used.')
}
