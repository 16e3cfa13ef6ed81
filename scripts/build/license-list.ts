import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import type { BundledPackage } from '../../src-shared/license/bundled-package.ts'
import { licenseProblem } from './allowed-licenses.ts'
import { type LicenseCorrection, licenseCorrections } from './license-corrections.ts'

/** The part of a Rollup plugin that is used, whatever its version. */
interface BundlePlugin {
  readonly name: string
  generateBundle(
    this: { emitFile(file: { type: 'asset'; fileName: string; source: string }): string },
    options: unknown,
    bundle: Readonly<Record<string, { readonly type: string; readonly modules?: Readonly<Record<string, unknown>> }>>,
  ): void
}

/** Files of a package that have its license, or notices that must come with it. */
const licenseFile = /^(licen[cs]es?|copying|notice|copyright(notice)?)\b(?!.*\.([cm]?[jt]sx?|json)$)/i

/**
 * Writes licenses.json beside a bundle: every package with a module in it or in the bundles of its threads, and those
 * that stay outside of it. Fails the build if one of them has no license, no text of it, or one that is not allowed.
 * @param external packages that no bundle shows, because they are loaded at run time or compiled into those
 * @param extra what is no package, such as the SQLite in better-sqlite3
 */
export function licenseList(external: readonly string[] = [], extra: readonly BundledPackage[] = []): BundlePlugin {
  // The bundles of threads are builds of their own with this plugin. They end before the bundle that loads them.
  const folders = new Set(external.map((name) => resolve('node_modules', name)).filter((path) => existsSync(path)))
  return {
    name: 'remo-license-list',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap(({ modules = {} }) => Object.keys(modules))
      for (const module of modules) {
        const folder = packageFolder(module)
        if (folder !== undefined) folders.add(folder)
      }
      const packages = [...[...folders].map((folder) => bundledPackage(folder)), ...extra]
      packages.sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1))
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

/**
 * What a package says about its license, and the texts that come with it.
 * @throws Error if it must not be in the app, or if a correction is not needed
 */
export function bundledPackage(
  folder: string,
  corrections: Readonly<Record<string, LicenseCorrection>> = licenseCorrections,
): BundledPackage {
  const { name, version, license, licenses } = manifestOf(folder)
  const own = { license: licenseText(license ?? licenses), texts: textsIn(folder) }
  const correction = corrections[name]
  if (correction && !isNeeded(correction, own))
    throw new Error(`${name} ${version} needs no correction of its license.`)
  const { license: stated, texts } = corrected(own, correction)
  const problem = licenseProblem(stated, texts.map(({ text }) => text).join('\n'))
  if (problem !== undefined) throw new Error(`${name} ${version} ${problem}. See scripts/build/allowed-licenses.ts.`)
  return { name, version, license: stated, texts, ...(correction && { note: correction.note }) }
}

type Stated = Pick<BundledPackage, 'texts'> & { readonly license: string | undefined }

function corrected({ license, texts }: Stated, correction: LicenseCorrection | undefined) {
  const added = correction?.text === undefined ? [] : [{ title: 'LICENSE', text: correction.text }]
  return { license: license ?? correction?.license ?? '', texts: [...texts, ...added] }
}

/** A correction says only what the package does not say itself. */
function isNeeded(correction: LicenseCorrection, own: Stated): boolean {
  const license = correction.license === undefined || own.license === undefined
  return license && (correction.text === undefined || own.texts.length === 0)
}

function manifestOf(folder: string) {
  const read = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>
  const { name, version, license, licenses } = read
  if (typeof name !== 'string' || typeof version !== 'string')
    throw new Error(`${join(folder, 'package.json')} names no package and version.`)
  return { name, version, license, licenses }
}

/** The field was an object or a list in old packages. MIT/X11 is an old name of MIT, which SPDX does not have. */
function licenseText(license: unknown): string | undefined {
  if (typeof license === 'string') return license === 'MIT/X11' ? 'MIT' : license
  if (Array.isArray(license)) return license.flatMap((one) => licenseText(one) ?? []).join(' OR ') || undefined
  if (typeof license === 'object' && license !== null && 'type' in license) return licenseText(license.type)
  return undefined
}

/** License files of a package, and those in its folder `licenses`. */
function textsIn(folder: string): BundledPackage['texts'] {
  const names = readdirSync(folder)
    .filter((name) => licenseFile.test(name))
    .flatMap((name) => {
      if (!statSync(join(folder, name)).isDirectory()) return [name]
      return readdirSync(join(folder, name)).map((inner) => `${name}/${inner}`)
    })
  return names.sort().map((title) => ({ title, text: normalized(readFileSync(join(folder, title), 'utf8')) }))
}

/** One form, wherever the package was made: no byte order mark, line feeds, one at the end. */
function normalized(text: string): string {
  return `${text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .trimEnd()}\n`
}
