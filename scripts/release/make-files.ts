import type { KeyObject } from 'node:crypto'
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { signatureNameOf } from '../../src-shared/update/feed-signature.ts'
import { printLine, UserError } from '../bootstrap/console-output.mjs'
import { appArchive, packagesInApp, type RuntimeVersions } from './app-contents.ts'
import { directDependencies, lockedCopies, parseLockfile } from './lockfile.ts'
import { checksumLines, type FileDigests, fileDigests, packagesIn, type ReleaseSystem } from './packages.ts'
import { libraryVersion, sbomProblems } from './sbom-schema.ts'
import { sbom } from './sbom.ts'
import { thirdPartyLicenses } from './third-party-licenses.ts'
import { manifestName, manifestSignature, publicKeyOf, updateManifest } from './update-manifest.ts'

export interface MakeFilesOptions {
  /** The checkout, for its lockfile. */
  readonly root: string
  /** Folder with the packages. The files go into it. */
  readonly dist: string
  readonly version: string
  readonly commit: string
  /** Time of the release. Epoch seconds. */
  readonly atSeconds: number
  readonly notes: string
  readonly runtime: RuntimeVersions
  /** Signs the update manifests. */
  readonly feedKey: KeyObject | undefined
}

const licensesName = 'THIRD-PARTY-LICENSES.txt'
const notesName = 'RELEASE-NOTES.md'
const sumsName = 'SHA256SUMS'

/**
 * Writes what a release has beside its packages, and prints one line for each.
 * @returns names of all files of the release, the packages among them
 * @throws UserError if `dist/` has no packages of this version
 */
export async function makeFiles(options: MakeFilesOptions): Promise<string[]> {
  const { dist, version, notes } = options
  const packages = packagesIn(dist, version)
  if (packages.length === 0) throw new UserError(`dist/ has no package of ${version}. npm run package makes them.`)
  const digests = new Map<string, FileDigests>()
  for (const { name } of packages) {
    const found = await fileDigests(dist, name)
    digests.set(name, found)
    printLine(`package ${name}, ${(found.sizeBytes / 1e6).toFixed(1)} MB`)
  }
  const texts = new Map<string, string>([[notesName, `${notes}\n`], ...billsOf(options)])
  for (const system of new Set(packages.map((one) => one.system))) {
    const names = packages.filter((one) => one.system === system).map(({ name }) => name)
    const files = new Map([...digests].filter(([name]) => names.includes(name)))
    for (const [name, text] of manifestsOf(options, system, files)) texts.set(name, text)
  }
  // Of an earlier run: a signature that no longer fits, a bill of another version.
  for (const stale of globSync('{latest*.yml,latest*.yml.sig,*.cdx.json}', { cwd: dist })) rmSync(join(dist, stale))
  for (const [name, text] of texts) writeFileSync(join(dist, name), text)
  const sums = new Map([...digests].map(([name, { sha256 }]) => [name, sha256]))
  for (const name of texts.keys()) sums.set(name, (await fileDigests(dist, name)).sha256)
  writeFileSync(join(dist, sumsName), checksumLines(sums))
  printLine(`${sumsName} of ${sums.size} files`)
  return [...sums.keys(), sumsName].sort()
}

/** The bill of materials, and the texts of licenses. */
function billsOf(options: MakeFilesOptions): Array<[string, string]> {
  const { root, dist, version, commit, atSeconds, runtime } = options
  const lock = parseLockfile(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const packages = packagesInApp(appArchive(dist)).map((one) =>
    one.name === 'electron' ? { ...one, version: runtime.electron } : one,
  )
  const platform = `${systemName()}-${process.arch}`
  const runtimeSha256 = archiveHash(root, runtime.electron)
  const bill = sbom({
    version,
    commit,
    atSeconds,
    platform,
    packages,
    runtime,
    locked: lockedCopies(lock),
    direct: directDependencies(lock),
    libraryVersion: libraryVersion(),
    ...(runtimeSha256 !== undefined && { runtimeSha256 }),
  })
  const [problem] = sbomProblems(bill)
  if (problem !== undefined) throw new Error(`The bill of materials is not valid: ${problem}`)
  const name = `remo-${version}-${platform}.cdx.json`
  const { components } = JSON.parse(bill) as { components: unknown[] }
  printLine(`${name}: CycloneDX 1.6, ${components.length} components, valid`)
  printLine(`${licensesName}: ${packages.length} packages`)
  return [
    [name, bill],
    [licensesName, thirdPartyLicenses(version, packages)],
  ]
}

function systemName(): ReleaseSystem {
  if (process.platform === 'win32') return 'windows'
  return process.platform === 'darwin' ? 'mac' : 'linux'
}

/** SHA-256 of Electron's own archive, which comes with its npm package. Another runtime has none. */
function archiveHash(root: string, electron: string): string | undefined {
  const require = createRequire(join(root, 'package.json'))
  const checksums = require('electron/checksums.json') as Record<string, string | undefined>
  return checksums[`electron-v${electron}-${process.platform}-${process.arch}.zip`]
}

function manifestsOf(
  { version, notes, atSeconds, feedKey }: MakeFilesOptions,
  system: ReleaseSystem,
  files: ReadonlyMap<string, FileDigests>,
): Array<[string, string]> {
  const name = manifestName(system)
  const releaseDate = new Date(atSeconds * 1000).toISOString()
  const manifest = updateManifest({ version, releaseDate, notes, files })
  printLine(`${name} names ${[...files.keys()].join(', ')}`)
  if (!feedKey) return [[name, manifest]]
  printLine(`${signatureNameOf(name)} by the key ${publicKeyOf(feedKey)}`)
  return [
    [name, manifest],
    [signatureNameOf(name), manifestSignature(Buffer.from(manifest), feedKey)],
  ]
}
