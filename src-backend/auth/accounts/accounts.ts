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

/** By what a name or an address is found: two that look the same are the same. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}

/** @throws ApiError `user_exists` in the sentences that scripts know from the first ReMo */
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
