/**
 * Signature of an update feed: `<manifest>.sig` has the Ed25519 signature (RFC 8032) of the exact bytes of the manifest,
 * as base64. The manifest has the SHA-512 of every file, so that one signature covers them all.
 */

/** What a signature is about. A process edge provides the cryptography: this code has none. */
export interface FeedCrypto {
  /**
   * Whether this key made this signature.
   * @throws if the key is no point of the curve
   */
  verify(message: Uint8Array, signed: { readonly signature: string; readonly key: string }): boolean
}

/** DER of a SubjectPublicKeyInfo for Ed25519 up to the key (RFC 8410): 12 bytes, so 16 letters of base64. */
const spkiPrefix = 'MCowBQYDK2VwAyEA'
const publicKeyText = new RegExp(`^(?:${spkiPrefix})?([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)$`)
const signatureText = /^[A-Za-z0-9+/]{85}[AQgw]==$/

/**
 * Reads a public key: its 32 bytes as base64, or what `openssl pkey -pubout` prints between the lines of the PEM.
 * @returns the base64 of its SubjectPublicKeyInfo (DER); `undefined` if the text is no such key
 */
export function readFeedKey(text: string): string | undefined {
  const raw = publicKeyText.exec(text.trim())?.[1]
  return raw === undefined ? undefined : spkiPrefix + raw
}

/** Name of the file with the signature of a manifest such as `latest-linux.yml`. */
export function signatureNameOf(manifestName: string): string {
  return `${manifestName}.sig`
}

/**
 * Content of the file with the signature.
 * @param sign the Ed25519 signature of these bytes, as base64
 */
export function signFeed(manifest: Uint8Array, sign: (message: Uint8Array) => string): string {
  return `${sign(manifest)}\n`
}

export interface SignedManifest {
  /** Its exact bytes, as received. */
  readonly manifest: Uint8Array
  /** Content of the file with the signature. */
  readonly signature: string
  /** From `readFeedKey`. */
  readonly key: string
}

/** `ok`: this key signed these bytes. `malformed`: the file holds no signature. `wrong`: of other bytes or another key. */
export type FeedVerdict = 'ok' | 'malformed' | 'wrong'

/** Checks a manifest before anything reads it. Never throws: a key that is no point of the curve signs nothing. */
export function checkFeedSignature({ manifest, signature, key }: SignedManifest, crypto: FeedCrypto): FeedVerdict {
  const text = signature.trim()
  if (!signatureText.test(text)) return 'malformed'
  try {
    return crypto.verify(manifest, { signature: text, key }) ? 'ok' : 'wrong'
  } catch {
    return 'wrong'
  }
}
