import type { KeychainRequest } from './keychain-call.ts'

/** The part of keytar that ReMo uses. */
export interface Keychain {
  getPassword(service: string, account: string): Promise<string | null>
  setPassword(service: string, account: string, secret: string): Promise<void>
  deletePassword(service: string, account: string): Promise<boolean>
}

/** CRED_MAX_CREDENTIAL_BLOB_SIZE of Windows, bytes. Other keychains store a key of any length. */
const mostBytesOnWindows = 2560
/** What is stored instead of a secret in parts: their number. */
const inParts = /^remo-parts:(\d{1,3})$/

/** Bytes of the longest secret in one entry; infinite if the system has no limit. */
export function entryLimit(platform: NodeJS.Platform): number {
  return platform === 'win32' ? mostBytesOnWindows : Number.POSITIVE_INFINITY
}

/**
 * Answers a request. A secret that is longer than an entry may be is stored in parts, in entries beside it: an RSA key
 * of 4096 bits has 3,300 bytes. The entry that counts them is written last, so an interrupted write is not read.
 * @returns the secret, for `read`; null if there is none, or a part of it is gone
 */
export async function answerRequest(
  keychain: Keychain,
  request: KeychainRequest,
  limit: number,
): Promise<string | null> {
  const { kind, service, account } = request
  const first = await countedParts(keychain, request, limit)
  if (kind === 'read') return first.count === 0 ? first.secret : joined(keychain, request, first.count)
  let written = 0
  if (kind === 'write') written = await store(keychain, request, limit)
  else await keychain.deletePassword(service, account)
  for (let index = written; index < first.count; index++) {
    await keychain.deletePassword(service, partAccount(account, index))
  }
  return null
}

/** @returns the number of parts beside the entry */
async function store(
  keychain: Keychain,
  { service, account, secret }: Extract<KeychainRequest, { kind: 'write' }>,
  limit: number,
): Promise<number> {
  const parts = partsOf(secret, limit)
  const looksLikeParts = Number.isFinite(limit) && inParts.test(secret)
  if (parts.length === 1 && !looksLikeParts) {
    await keychain.setPassword(service, account, secret)
    return 0
  }
  // Else an interrupted write would leave the count of the secret before, and parts of both.
  await keychain.deletePassword(service, account)
  for (const [index, part] of parts.entries()) {
    await keychain.setPassword(service, partAccount(account, index), part)
  }
  await keychain.setPassword(service, account, `remo-parts:${parts.length}`)
  return parts.length
}

/** Without a limit there are no parts, so only a read needs to look. */
async function countedParts(
  keychain: Keychain,
  { kind, service, account }: KeychainRequest,
  limit: number,
): Promise<{ readonly secret: string | null; readonly count: number }> {
  if (kind !== 'read' && !Number.isFinite(limit)) return { secret: null, count: 0 }
  const secret = await keychain.getPassword(service, account)
  const count = Number.isFinite(limit) ? Number(inParts.exec(secret ?? '')?.[1] ?? 0) : 0
  return { secret, count }
}

async function joined(
  keychain: Keychain,
  { service, account }: KeychainRequest,
  count: number,
): Promise<string | null> {
  let secret = ''
  for (let index = 0; index < count; index++) {
    const part = await keychain.getPassword(service, partAccount(account, index))
    if (part === null) return null
    secret += part
  }
  return secret
}

/** Parts of at most `limit` bytes of UTF-8, cut between characters. */
function partsOf(secret: string, limit: number): readonly string[] {
  if (Buffer.byteLength(secret) <= limit) return [secret]
  const parts: string[] = []
  let part = ''
  let bytes = 0
  for (const character of secret) {
    const size = Buffer.byteLength(character)
    if (bytes + size > limit) {
      parts.push(part)
      part = ''
      bytes = 0
    }
    part += character
    bytes += size
  }
  return [...parts, part]
}

function partAccount(account: string, index: number): string {
  return `${account} (part ${index + 1})`
}
