import type { Log } from '#shared/log.ts'
import type { Operation } from '#shared/rest/operation.ts'
import type { Account } from '#shared/rest/users.ts'
import type { Role } from '#shared/session/role.ts'
import { writeAudit } from '../audit/service.ts'
import { createAccount } from '../auth/accounts/accounts.ts'
import type { Passwords } from '../auth/passwords/passwords.ts'
import { type SessionEndReason, endSessions } from '../auth/sessions/sessions.ts'
import type { Db } from '../db/db.ts'
import { apiError } from '../http/problem.ts'
import type { Actor, ApiCall } from '../http/route.ts'
import { findUser, lockAdmins, lockUser, updateUserRow, type UserRow } from './repo.ts'

export interface UserDeps {
  readonly passwords: Passwords
  readonly log: Log
}

/** The parts of a request that changes of users need. */
type UserCall = Pick<ApiCall<Operation>, 'pool' | 'tx' | 'now' | 'requestId'> & { readonly actor: Actor }

interface UserDraft {
  readonly username: string
  readonly email: string
  readonly password: string
  readonly role: Role
}

interface UserChange {
  readonly id: number
  readonly role?: Role | undefined
  readonly disabled?: boolean | undefined
  readonly password?: string | undefined
}

export async function createUser(
  { passwords, log }: UserDeps,
  { tx, actor, now, requestId }: UserCall,
  { password, ...draft }: UserDraft,
): Promise<Account> {
  const passwordHash = await passwords.accept(password, draft)
  const user = await tx(async (db) => {
    const made = await createAccount(db, { ...draft, passwordHash, now })
    const after = { username: made.username, email: made.email, role: made.role }
    await writeAudit(db, { actor, action: 'user.created', subject: made.username, after, requestId })
    return made
  })
  log.info('user created', { username: user.username, role: user.role, by: actor.username, requestId })
  return toAccount(user)
}

/** Changes a user. Ends their sessions if the change affects sign-in or permissions. */
export async function changeUser(
  { passwords, log }: UserDeps,
  { pool, tx, actor, now, requestId }: UserCall,
  change: UserChange,
): Promise<Account> {
  if (change.password !== undefined && change.id === actor.accountId) {
    throw apiError('forbidden', 'Change your own password at /api/auth/password, which requires the current one.')
  }
  const seen = await findUser(pool, change.id)
  if (seen === undefined) throw noSuchUser(change.id)
  const passwordHash = change.password === undefined ? undefined : await passwords.accept(change.password, seen)
  const { user, ended } = await tx(async (db) => {
    const before = await lockForChange(db, change)
    const after = { role: change.role ?? before.role, disabled: change.disabled ?? before.disabled }
    await updateUserRow(db, { id: before.id, ...after, passwordHash, at: new Date(now) })
    const reason = sessionEndReason(before, after, passwordHash !== undefined)
    if (reason !== undefined) await endSessions(db, { accountId: before.id, reason, now })
    const note = { actor, subject: before.username, requestId }
    if (after.role !== before.role || after.disabled !== before.disabled) {
      const { role, disabled } = before
      await writeAudit(db, { ...note, action: 'user.changed', before: { role, disabled }, after })
    }
    if (passwordHash !== undefined) await writeAudit(db, { ...note, action: 'user.password-changed' })
    return { user: { ...before, ...after }, ended: reason }
  })
  log.info('user changed', { username: user.username, by: actor.username, sessionsEnded: ended, requestId })
  return toAccount(user)
}

export function toAccount(user: Omit<UserRow, 'usernameKey'>): Account {
  const { id, username, email, role, disabled, createdAt, lastSignIn } = user
  return {
    id,
    username,
    email,
    created_at: createdAt.toISOString(),
    role,
    disabled,
    last_sign_in: lastSignIn?.toISOString() ?? null,
  }
}

/** Takes the locks in one order, so that two changes never deadlock. */
async function lockForChange(db: Db, { id, role, disabled }: UserChange): Promise<UserRow> {
  const mayLoseAdmin = disabled === true || (role !== undefined && role !== 'admin')
  const admins = mayLoseAdmin ? await lockAdmins(db) : []
  if (admins.length === 1 && admins[0] === id) {
    throw apiError('last_admin', 'This is the last active administrator. Create another one first.')
  }
  const user = await lockUser(db, id)
  if (user === undefined) throw noSuchUser(id)
  return user
}

type Rights = Pick<UserRow, 'role' | 'disabled'>

function sessionEndReason(before: Rights, after: Rights, hasNewPassword: boolean): SessionEndReason | undefined {
  if (after.disabled && !before.disabled) return 'disabled'
  if (after.role !== before.role) return 'role-changed'
  return hasNewPassword ? 'password-changed' : undefined
}

function noSuchUser(id: number) {
  return apiError('user_not_found', `User ${id} not found.`)
}
