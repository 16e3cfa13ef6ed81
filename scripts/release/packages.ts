import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A package for people, by its file. */
export interface ReleasePackage {
  readonly name: string
  readonly system: ReleaseSystem
}

/** Names of electron-updater for the manifests: `latest-linux.yml`, `latest.yml`, `latest-mac.yml`. */
export type ReleaseSystem = 'linux' | 'windows' | 'mac'

const systems: Readonly<Record<string, ReleaseSystem>> = {
  deb: 'linux',
  rpm: 'linux',
  AppImage: 'linux',
  exe: 'windows',
  dmg: 'mac',
  zip: 'mac',
}

/**
 * Packages of one version in a folder, sorted by name. Those of another version stay from an earlier build; they are not
 * part of this release.
 */
export function packagesIn(folder: string, version: string): ReleasePackage[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap(({ name }) => releasePackage(name, version) ?? [])
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** @returns `undefined` for a file that is no package of this version */
export function releasePackage(name: string, version: string): ReleasePackage | undefined {
  const system = systems[/\.([A-Za-z]+)$/.exec(name)?.[1] ?? '']
  return system !== undefined && hasVersion(name, version) ? { name, system } : undefined
}

/** The version as a whole word: 0.2.0 is neither in 10.2.0 nor in 0.2.0-rc.1 nor in 0.2.01. */
function hasVersion(name: string, version: string): boolean {
  const escaped = version.replace(/[.+]/g, '\\$&').replace('-', '[-~]')
  return new RegExp(`(^|[^0-9.])${escaped}(?![0-9]|[-~.](alpha|beta|rc|pre|dev|[0-9]))`).test(name)
}

export interface FileDigests {
  readonly sizeBytes: number
  /** In hexadecimal digits, as `sha256sum` prints it. */
  readonly sha256: string
  /** In Base64, as electron-updater expects it. */
  readonly sha512: string
}

/** Reads a file once, in pieces: packages are larger than what should be in memory. */
export async function fileDigests(folder: string, name: string): Promise<FileDigests> {
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')]
  let sizeBytes = 0
  for await (const piece of createReadStream(join(folder, name)) as AsyncIterable<Buffer>) {
    sha256.update(piece)
    sha512.update(piece)
    sizeBytes += piece.length
  }
  return { sizeBytes, sha256: sha256.digest('hex'), sha512: sha512.digest('base64') }
}

/** The lines of SHA256SUMS, for `sha256sum --check`. */
export function checksumLines(files: ReadonlyMap<string, string>): string {
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, sha256]) => `${sha256}  ${name}\n`)
    .join('')
}
