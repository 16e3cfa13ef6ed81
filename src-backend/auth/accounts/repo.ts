import type { Role } from '#shared/session/role.ts'
import type { Db } from '../../db/db.ts'

export interface AccountRow {
  readonly id: number
  readonly username: string
  readonly email: string
  readonly passwordHash: string
  readonly role: Role
  readonly tokenVersion: number
  readonly disabled: boolean
  readonly createdAt: Date
  readonly lastSignIn: Date | null
}

export interface NewAccount {
  readonly username: string
  readonly usernameKey: string
  readonly email: string
  readonly emailKey: string
  readonly passwordHash: string
  readonly role: Role
  readonly createdAt: Date
}

const columns = `id, username, email, password_hash as "passwordHash", role, token_version as "tokenVersion",
  disabled_at is not null as disabled, created_at as "createdAt", last_sign_in as "lastSignIn"`

export async function findAccountByName(db: Db, usernameKey: string): Promise<AccountRow | undefined> {
  const { rows } = await db.query<AccountRow>(`select ${columns} from account where username_key = $1`, [usernameKey])
  return rows[0]
}

export async function findAccount(db: Db, id: number): Promise<AccountRow | undefined> {
  const { rows } = await db.query<AccountRow>(`select ${columns} from account where id = $1`, [id])
  return rows[0]
}

/** Locks the account until the transaction ends. */
export async function lockAccount(db: Db, id: number): Promise<AccountRow | undefined> {
  const { rows } = await db.query<AccountRow>(`select ${columns} from account where id = $1 for no key update`, [id])
  return rows[0]
}

/** @returns `undefined` if the name or the address is taken */
export async function insertAccount(db: Db, account: NewAccount): Promise<AccountRow | undefined> {
  const { username, usernameKey, email, emailKey, passwordHash, role, createdAt } = account
  const { rows } = await db.query<AccountRow>(
    `insert into account (username, username_key, email, email_key, password_hash, role, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict do nothing
     returning ${columns}`,
    [username, usernameKey, email, emailKey, passwordHash, role, createdAt],
  )
  return rows[0]
}

/** Whether any account can sign in, and whether an administrator can. */
export async function whichAccountsExist(db: Db): Promise<{ readonly any: boolean; readonly admin: boolean }> {
  const { rows } = await db.query<{ any: boolean; admin: boolean }>(
    `select exists (select from account) as any, exists (select from account where role = 'admin') as admin`,
  )
  return rows[0] ?? { any: false, admin: false }
}

/**
 * Records a sign-in, unless the account changed after its password was checked.
 * @returns whether it was recorded
 */
export async function recordSignIn(
  db: Db,
  { id, tokenVersion }: Pick<AccountRow, 'id' | 'tokenVersion'>,
  at: Date,
): Promise<boolean> {
  const { rowCount } = await db.query(
    'update account set last_sign_in = $3 where id = $1 and token_version = $2 and disabled_at is null',
    [id, tokenVersion, at],
  )
  return rowCount === 1
}

/** Stores a new hash of the same password, made at the current cost. */
export async function replaceHash(
  db: Db,
  { id, passwordHash }: Pick<AccountRow, 'id' | 'passwordHash'>,
  newHash: string,
): Promise<void> {
  await db.query('update account set password_hash = $3 where id = $1 and password_hash = $2', [
    id,
    passwordHash,
    newHash,
  ])
}

export async function setPasswordHash(db: Db, id: number, passwordHash: string): Promise<void> {
  await db.query('update account set password_hash = $2 where id = $1', [id, passwordHash])
}

/**
 * Invalidates every access token of the account.
 * @returns the version for new tokens
 */
export async function raiseTokenVersion(db: Db, id: number): Promise<number> {
  const { rows } = await db.query<{ version: number }>(
    'update account set token_version = token_version + 1 where id = $1 returning token_version as version',
    [id],
  )
  return rows[0]?.version ?? 0
}

/** Lets one replica at a time check whether accounts must be seeded. */
export async function lockSeeding(db: Db): Promise<void> {
  await db.query(`select pg_advisory_xact_lock(hashtext('remo.seeding'))`)
}

/** @returns `false` if a token already exists */
export async function insertSetupToken(db: Db, hash: Buffer, at: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    'insert into setup_token (hash, created_at) values ($1, $2) on conflict do nothing',
    [hash, at],
  )
  return rowCount === 1
}

/**
 * Uses up the set-up token. It works once.
 * @returns whether the hash matched
 */
export async function consumeSetupToken(db: Db, hash: Buffer): Promise<boolean> {
  const { rowCount } = await db.query('delete from setup_token where hash = $1', [hash])
  return rowCount === 1
}

export async function hasSetupToken(db: Db, hash: Buffer): Promise<boolean> {
  const { rows } = await db.query<{ has: boolean }>('select exists (select from setup_token where hash = $1) as has', [
    hash,
  ])
  return rows[0]?.has === true
}

export async function dropSetupToken(db: Db): Promise<void> {
  await db.query('delete from setup_token')
}
