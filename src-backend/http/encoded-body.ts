import { createHash } from 'node:crypto'

/** A response that many clients get, encoded once. */
export interface EncodedBody {
  readonly json: Buffer
  /** Strong: equal for equal bytes, on every replica. */
  readonly etag: string
}

export function encodedBody(value: unknown): EncodedBody {
  const json = Buffer.from(JSON.stringify(value))
  return { json, etag: `"${createHash('sha256').update(json).digest('base64url').slice(0, 27)}"` }
}

/** Whether the client already has this body: `If-None-Match`, RFC 9110, 13.1.2. */
export function hasEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  const tags = ifNoneMatch.match(/(?:W\/)?"[^"]*"/g) ?? []
  return tags.some((tag) => tag.replace(/^W\//, '') === etag)
}
