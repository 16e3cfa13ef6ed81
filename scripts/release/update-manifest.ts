import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { stringify } from 'yaml'
import { signFeed } from '../../src-shared/update/feed-signature.ts'
import { UpdateManifest } from '../../src-shared/update/update-manifest.ts'
import { UserError } from '../bootstrap/console-output.mjs'
import type { FileDigests, ReleaseSystem } from './packages.ts'

/** What a console learns from the feed about the newest version. */
export interface UpdateFacts {
  readonly version: string
  /** ISO 8601. */
  readonly releaseDate: string
  /** Markdown. */
  readonly notes: string
  readonly files: ReadonlyMap<string, FileDigests>
}

/** Name of the manifest that electron-updater asks for; on Linux it depends on the architecture of the console. */
export function manifestName(system: ReleaseSystem, arch: string = process.arch): string {
  if (system === 'windows') return 'latest.yml'
  if (system === 'mac') return 'latest-mac.yml'
  return arch === 'x64' ? 'latest-linux.yml' : `latest-linux-${arch}.yml`
}

/**
 * The manifest of a generic feed, as electron-updater reads it (`UpdateInfo` of builder-util-runtime). `path` and
 * `sha512` of the whole are there for its older versions. Sizes are in bytes.
 * @throws Error if consoles would refuse it
 */
export function updateManifest({ version, releaseDate, notes, files }: UpdateFacts): string {
  const list = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { sha512, sizeBytes }]) => ({ url: name, sha512, size: sizeBytes }))
  const [first] = list
  const manifest = { version, files: list, path: first?.url, sha512: first?.sha512, releaseDate, releaseNotes: notes }
  const accepted = UpdateManifest.safeParse(manifest)
  if (!accepted.success) throw new Error(`Consoles would refuse the update manifest: ${accepted.error.message}`)
  // Readers of YAML 1.1 turn a bare time into a date, and a bare "no" into false.
  return stringify(manifest, { version: '1.1', lineWidth: 0 })
}

/**
 * The private key of the feed.
 * @param passphrase of an encrypted file
 * @throws UserError if it is no private Ed25519 key, or cannot be read
 */
export function feedKeyOf(pem: string, passphrase: string | undefined): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase })
  } catch (cause) {
    const isEncrypted = pem.includes('ENCRYPTED') && passphrase === undefined
    const hint = isEncrypted ? 'it is encrypted: set REMO_FEED_KEY_PASSPHRASE' : reasonOf(cause)
    throw new UserError(`The key of the feed cannot be read (${hint}).`, { cause })
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new UserError(`The key of the feed must be an Ed25519 key; this one is ${key.asymmetricKeyType}.`)
  return key
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/** Content of the file with the signature of a manifest. */
export function manifestSignature(manifest: Uint8Array, key: KeyObject): string {
  return signFeed(manifest, (message) => sign(null, message, key).toString('base64'))
}

/** The public key as an organization sets it in its consoles: Base64, as between the lines of its PEM file. */
export function publicKeyOf(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
}
