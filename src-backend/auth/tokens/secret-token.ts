import { createHash, randomBytes } from 'node:crypto'

/** A random token. The database stores its hash. */
export interface SecretToken {
  readonly token: string
  readonly hash: Buffer
}

/** 256 random bits cannot be guessed, so a plain SHA-256 is enough. */
export function newSecretToken(): SecretToken {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashOfToken(token) }
}

export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
