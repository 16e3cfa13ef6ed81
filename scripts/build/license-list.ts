import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'

/** One library in the app. */
export interface LicensedPackage {
  readonly name: string
  readonly version: string
  readonly license: string
}

/** The part of a Rollup plugin that is used, whatever its version. */
interface BundlePlugin {
  readonly name: string
  generateBundle(
    this: { emitFile(file: { type: 'asset'; fileName: string; source: string }): string },
    options: unknown,
    bundle: Readonly<Record<string, { readonly type: string; readonly modules?: Readonly<Record<string, unknown>> }>>,
  ): void
}

/**
 * Writes licenses.json beside a bundle: every package with a module in it, and those that stay outside of it.
 * @param external packages that the bundle does not show: loaded at run time, or in the bundles of its threads
 */
export function licenseList(external: readonly string[] = []): BundlePlugin {
  return {
    name: 'remo-license-list',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap(({ modules = {} }) => Object.keys(modules))
      const folders = new Set(modules.flatMap((id) => packageFolder(id) ?? []))
      for (const name of external) folders.add(resolve('node_modules', name))
      const packages = [...folders].flatMap((folder) => licensed(folder) ?? [])
      packages.sort((a, b) => (a.name < b.name ? -1 : 1))
      this.emitFile({ type: 'asset', fileName: 'licenses.json', source: `${JSON.stringify(packages, null, 1)}\n` })
    },
  }
}

/** The folder of the package that a module belongs to; `undefined` for our own. */
export function packageFolder(module: string): string | undefined {
  const path = module.replace(/^\0/, '').replace(/\?.*$/, '').split('/').join(sep)
  const mark = `${sep}node_modules${sep}`
  const at = path.lastIndexOf(mark)
  if (at < 0) return undefined
  const [scope = '', name = ''] = path.slice(at + mark.length).split(sep)
  return path.slice(0, at + mark.length) + (scope.startsWith('@') ? join(scope, name) : scope)
}

/** What package.json says. The field was an object or a list in old packages. */
function licensed(folder: string): LicensedPackage | undefined {
  const path = join(folder, 'package.json')
  if (!existsSync(path)) return undefined
  const { name, version, license, licenses } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  if (typeof name !== 'string' || typeof version !== 'string') return undefined
  return { name, version, license: licenseText(license ?? licenses) ?? `see ${dirname(path).split(sep).at(-1)}` }
}

function licenseText(license: unknown): string | undefined {
  if (typeof license === 'string') return license
  if (Array.isArray(license)) return license.flatMap((one) => licenseText(one) ?? []).join(' OR ') || undefined
  if (typeof license === 'object' && license !== null && 'type' in license) return licenseText(license.type)
  return undefined
}
