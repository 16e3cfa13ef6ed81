import type { Role } from '#shared/session/role.ts'
import type { Db } from '../../db/db.ts'

/** Decides whether a request with an access token is allowed. */
export interface AccessState {
  readonly username: string
  readonly role: Role
  readonly tokenVersion: number
  readonly disabled: boolean
  readonly familyRevoked: boolean
}

/** A refresh token with everything that decides about it, as of now. */
export interface RefreshTokenRow {
  readonly familyId: string
  readonly accountId: number
  readonly username: string
  readonly tokenVersion: number
  readonly disabled: boolean
  readonly revoked: boolean
  readonly expiresAt: Date
  readonly usedAt: Date | null
  /** When the family's newest token was used. */
  readonly lastUsedAt: Date | null
}

export async function findAccessState(
  db: Db,
  { accountId, familyId }: { accountId: number; familyId: string },
): Promise<AccessState | undefined> {
  const { rows } = await db.query<AccessState>(
    `select a.username, a.role, a.token_version as "tokenVersion", a.disabled_at is not null as disabled,
       f.revoked_at is not null as "familyRevoked"
     from account a join session_family f on f.account_id = a.id
     where a.id = $1 and f.id = $2`,
    [accountId, familyId],
  )
  return rows[0]
}

export async function insertFamily(
  db: Db,
  { familyId, accountId, at }: { familyId: string; accountId: number; at: Date },
): Promise<void> {
  await db.query('insert into session_family (id, account_id, created_at) values ($1, $2, $3)', [
    familyId,
    accountId,
    at,
  ])
}

export async function insertRefreshToken(
  db: Db,
  token: { hash: Buffer; familyId: string; issuedAt: Date; expiresAt: Date },
): Promise<void> {
  await db.query('insert into refresh_token (hash, family_id, issued_at, expires_at) values ($1, $2, $3, $4)', [
    token.hash,
    token.familyId,
    token.issuedAt,
    token.expiresAt,
  ])
}

/**
 * Locks the token's family, then reads. The lock is a statement of its own, so the read sees the commit of the previous
 * holder.
 */
export async function lockToken(db: Db, hash: Buffer): Promise<RefreshTokenRow | undefined> {
  await db.query(
    'select id from session_family where id = (select family_id from refresh_token where hash = $1) for update',
    [hash],
  )
  const { rows } = await db.query<RefreshTokenRow>(
    `select t.family_id as "familyId", f.account_id as "accountId", a.username, a.token_version as "tokenVersion",
       a.disabled_at is not null as disabled, f.revoked_at is not null as revoked,
       t.expires_at as "expiresAt", t.used_at as "usedAt",
       (select max(used_at) from refresh_token where family_id = t.family_id) as "lastUsedAt"
     from refresh_token t
     join session_family f on f.id = t.family_id
     join account a on a.id = f.account_id
     where t.hash = $1`,
    [hash],
  )
  return rows[0]
}

/** Marks all tokens of the family as used, also those that replaced a lost response. Only the next one is valid. */
export async function consumeTokens(db: Db, familyId: string, at: Date): Promise<void> {
  await db.query('update refresh_token set used_at = $2 where family_id = $1 and used_at is null', [familyId, at])
}

export async function dropExpiredTokens(db: Db, familyId: string, now: Date): Promise<void> {
  await db.query('delete from refresh_token where family_id = $1 and expires_at <= $2', [familyId, now])
}

/** Deletes the account's families whose last token has expired. */
export async function dropExpiredFamilies(db: Db, accountId: number, now: Date): Promise<void> {
  await db.query(
    `delete from session_family f where account_id = $1
       and not exists (select from refresh_token where family_id = f.id and expires_at > $2)`,
    [accountId, now],
  )
}

export async function revokeFamily(
  db: Db,
  { familyId, reason, at }: { familyId: string; reason: string; at: Date },
): Promise<void> {
  await db.query(
    'update session_family set revoked_at = $2, revoked_because = $3 where id = $1 and revoked_at is null',
    [familyId, at, reason],
  )
}

export async function revokeFamilies(
  db: Db,
  { accountId, reason, at }: { accountId: number; reason: string; at: Date },
): Promise<void> {
  await db.query(
    `update session_family set revoked_at = $2, revoked_because = $3
     where account_id = $1 and revoked_at is null`,
    [accountId, at, reason],
  )
}
