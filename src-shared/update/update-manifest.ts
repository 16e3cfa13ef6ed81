import { z } from 'zod'
import { isVersion } from './update-version.ts'

/** Largest manifest that ReMo reads, bytes. Release notes are in it. */
export const manifestLimit = 262_144
/** Largest file with a signature, bytes. One has 89. */
export const signatureLimit = 1024
/** Largest package, bytes. One of today has about 120 MB. */
const packageLimit = 1_000_000_000

/** A name in the folder of the manifest: no other folder and no other server. */
const fileName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+~ ()-]*$/, 'expected the name of a file in the same folder')
/** SHA-512 as base64: 64 bytes. */
const sha512 = z.string().regex(/^[A-Za-z0-9+/]{86}==$/, 'expected a SHA-512 as base64')

const ManifestFile = z.object({ url: fileName, sha512, size: z.int().positive().max(packageLimit) })
export type ManifestFile = z.infer<typeof ManifestFile>

/** What ReMo uses of a manifest (`latest-linux.yml`, as electron-builder writes it). Other keys are of no interest. */
export const UpdateManifest = z.object({
  version: z.string().refine(isVersion, 'expected a version such as 0.2.1'),
  files: z.array(ManifestFile).min(1).max(32),
  /** Section of the changelog, Markdown. */
  releaseNotes: z.string().max(manifestLimit).nullish(),
  releaseDate: z.coerce.string().max(64).nullish(),
})
export type UpdateManifest = z.infer<typeof UpdateManifest>

/** What of a manifest is for this computer. */
export interface PackageOnOffer {
  readonly version: string
  readonly notes: string
  readonly file: ManifestFile
}

/** How the file of a package ends, for each kind of installation that can be updated. */
const endings = { deb: '.deb', rpm: '.rpm', appimage: '.AppImage', nsis: '.exe', mac: '.zip' } as const
export type PackageKind = keyof typeof endings

const otherNames: Readonly<Record<string, readonly string[] | undefined>> = {
  x64: ['arm64', 'aarch64', 'armv7l', 'ia32', 'i386', 'i686'],
  arm64: ['x64', 'x86_64', 'amd64', 'armv7l', 'ia32', 'i386', 'i686'],
}

/**
 * The file of the manifest for this kind of installation and processor: a name without a processor fits all.
 * @param arch as Node calls it
 */
export function packageOf(manifest: UpdateManifest, kind: PackageKind, arch: string): PackageOnOffer | undefined {
  const others = otherNames[arch] ?? []
  const file = manifest.files.find(
    ({ url }) => url.endsWith(endings[kind]) && !others.some((name) => url.toLowerCase().includes(name)),
  )
  return file && { version: manifest.version, notes: manifest.releaseNotes ?? '', file }
}

/** Name of the manifest in the folder of the feed, as electron-builder calls it. Both arguments as Node calls them. */
export function manifestNameOf(platform: string, arch: string): string {
  if (platform === 'win32') return 'latest.yml'
  if (platform === 'darwin') return 'latest-mac.yml'
  return arch === 'x64' ? 'latest-linux.yml' : `latest-linux-${arch}.yml`
}
