import { mayAccess } from '#shared/session/role.ts'
import { nameKey } from '../auth/accounts/accounts.ts'
import type { Db } from '../db/db.ts'
import { findUserByName } from './repo.ts'

/** Who gets an alert, or why not: one sentence. */
export type Assignee =
  { readonly ok: true; readonly username: string } | { readonly ok: false; readonly problem: string }

/** A user who can act on alerts. Names that look the same are the same. */
export async function assigneeOf(db: Db, name: string): Promise<Assignee> {
  const user = await findUserByName(db, nameKey(name))
  if (user === undefined) return { ok: false, problem: `There is no user ${name}.` }
  const { username, disabled, role } = user
  if (disabled) return { ok: false, problem: `The account of ${username} is disabled.` }
  if (!mayAccess(role, 'operator'))
    return { ok: false, problem: `${username} may not act on alerts: the role is ${role}.` }
  return { ok: true, username }
}
