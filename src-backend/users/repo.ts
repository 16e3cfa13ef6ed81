import type { Role } from '#shared/session/role.ts'
import type { Db } from '../db/db.ts'

export interface UserRow {
  readonly id: number
  readonly username: string
  readonly usernameKey: string
  readonly email: string
  readonly role: Role
  readonly disabled: boolean
  readonly createdAt: Date
  readonly lastSignIn: Date | null
}

const columns = `id, username, username_key as "usernameKey", email, role, disabled_at is not null as disabled,
  created_at as "createdAt", last_sign_in as "lastSignIn"`

/** By name, after `after`. */
export async function listUserRows(
  db: Db,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<UserRow[]> {
  const { rows } = await db.query<UserRow>(
    `select ${columns} from account
     where $1::text is null or username_key > $1
     order by username_key limit $2`,
    [after ?? null, limit],
  )
  return rows
}

export async function findUser(db: Db, id: number): Promise<UserRow | undefined> {
  const { rows } = await db.query<UserRow>(`select ${columns} from account where id = $1`, [id])
  return rows[0]
}

export async function findUserByName(db: Db, usernameKey: string): Promise<UserRow | undefined> {
  const { rows } = await db.query<UserRow>(`select ${columns} from account where username_key = $1`, [usernameKey])
  return rows[0]
}

/** Enabled users with one of these roles, by name, after `after`. */
export async function listNames(
  db: Db,
  { roles, after, limit }: { roles: readonly Role[]; after: string | undefined; limit: number },
): Promise<Pick<UserRow, 'username' | 'usernameKey'>[]> {
  const { rows } = await db.query<Pick<UserRow, 'username' | 'usernameKey'>>(
    `select username, username_key as "usernameKey" from account
     where disabled_at is null and role = any($1::text[]) and ($2::text is null or username_key > $2)
     order by username_key limit $3`,
    [roles, after ?? null, limit],
  )
  return rows
}

/** Locks the user until the transaction ends. */
export async function lockUser(db: Db, id: number): Promise<UserRow | undefined> {
  const { rows } = await db.query<UserRow>(`select ${columns} from account where id = $1 for no key update`, [id])
  return rows[0]
}

/**
 * Locks all administrators who can sign in, in the order of their ids. After waiting for another transaction, sees its
 * commit.
 * @returns their ids
 */
export async function lockAdmins(db: Db): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>(
    `select id from account where role = 'admin' and disabled_at is null order by id limit 10000 for no key update`,
  )
  return rows.map(({ id }) => id)
}

export interface UserUpdate {
  readonly id: number
  readonly role: Role
  readonly disabled: boolean
  /** `undefined`: unchanged. */
  readonly passwordHash: string | undefined
  readonly at: Date
}

export async function updateUserRow(db: Db, { id, role, disabled, passwordHash, at }: UserUpdate): Promise<void> {
  await db.query(
    `update account set role = $2,
       disabled_at = case when $3 then coalesce(disabled_at, $4::timestamptz) end,
       password_hash = coalesce($5, password_hash)
     where id = $1`,
    [id, role, disabled, at, passwordHash ?? null],
  )
}
