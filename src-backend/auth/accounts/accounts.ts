import type { User } from '#shared/rest/auth.ts'
import type { Role } from '#shared/session/role.ts'
import type { Db } from '../../db/db.ts'
import { apiError } from '../../http/problem.ts'
import { type AccountRow, findAccountByName, insertAccount } from './repo.ts'

export interface AccountDraft {
  readonly username: string
  readonly email: string
  readonly passwordHash: string
  readonly role: Role
  /** Epoch ms. */
  readonly now: number
}

/** Lookup key of a name or an address: two that look the same have the same key. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}

/** @throws ApiError `user_exists`, with the sentences that scripts of the first ReMo expect */
export async function createAccount(db: Db, { now, ...draft }: AccountDraft): Promise<AccountRow> {
  const key = nameKey(draft.username)
  const row = await insertAccount(db, {
    ...draft,
    usernameKey: key,
    emailKey: nameKey(draft.email),
    createdAt: new Date(now),
  })
  if (row) return row
  const nameIsTaken = (await findAccountByName(db, key)) !== undefined
  throw apiError('user_exists', nameIsTaken ? 'Username already registered' : 'Email already registered')
}

export function toUser({ id, username, email, createdAt, role }: AccountRow): User {
  return { id, username, email, created_at: createdAt.toISOString(), role }
}
