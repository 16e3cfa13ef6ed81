import { z } from 'zod'

const LockedPackage = z.object({
  version: z.string().optional(),
  integrity: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
})
const Lockfile = z.object({ version: z.string(), packages: z.record(z.string(), LockedPackage) })
export type Lockfile = z.infer<typeof Lockfile>

/** One installed copy of a package. */
export interface LockedCopy {
  readonly version: string
  /** SHA-512 of its archive in the registry, in hexadecimal digits. */
  readonly sha512?: string
  /** Its dependencies as `name version`, as Node finds them from its folder. */
  readonly needs: readonly string[]
}

export function parseLockfile(text: string): Lockfile {
  return Lockfile.parse(JSON.parse(text))
}

/** What the lockfile knows about each package, by `name version`. */
export function lockedCopies({ packages }: Lockfile): Map<string, LockedCopy> {
  const copies = new Map<string, LockedCopy>()
  for (const [path, { version, integrity, ...lists }] of Object.entries(packages)) {
    const name = path.split('node_modules/').at(-1)
    if (path === '' || version === undefined || name === undefined) continue
    const names = Object.keys({ ...lists.peerDependencies, ...lists.optionalDependencies, ...lists.dependencies })
    const needs = names.flatMap((need) => {
      const found = resolvedVersion(packages, path, need)
      return found === undefined ? [] : [`${need} ${found}`]
    })
    const sha512 = /^sha512-(\S+)/.exec(integrity ?? '')?.[1]
    const hash = sha512 === undefined ? {} : { sha512: Buffer.from(sha512, 'base64').toString('hex') }
    copies.set(`${name} ${version}`, { version, needs, ...hash })
  }
  return copies
}

/** Names of the packages that package.json asks for. */
export function directDependencies({ packages }: Lockfile): Set<string> {
  const { dependencies, optionalDependencies, devDependencies } = packages[''] ?? {}
  return new Set(Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies }))
}

/** Node looks for a package in its own node_modules first, and then in that of each folder above. */
function resolvedVersion(packages: Lockfile['packages'], from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const found = packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`]
    if (found) return found.version
    if (folder === '') return undefined
  }
}
