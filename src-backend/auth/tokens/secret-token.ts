import { createHash, randomBytes } from 'node:crypto'

/** A token that means something only to this database, where its hash is. */
export interface SecretToken {
  readonly token: string
  readonly hash: Buffer
}

/** 256 random bits: nothing to guess, so a plain SHA-256 of it is enough. */
export function newSecretToken(): SecretToken {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashOfToken(token) }
}

export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
