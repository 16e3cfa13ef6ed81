import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { About, LicenseText } from '#shared/ipc/app-views.ts'
import { BundledPackage } from '#shared/license/bundled-package.ts'
import { readChromiumCredits } from './chromium-credits.ts'

/** What is in this app, as it runs. */
export interface AppLicensesDeps {
  /** Lists that the build wrote beside each bundle. */
  readonly lists: readonly string[]
  /** Where the runtime's `LICENSES.chromium.html` may be. */
  readonly credits: readonly string[]
  readonly versions: Readonly<Record<'electron' | 'chromium' | 'node', string>>
}

/** Libraries of the app with their licenses, for About. Without a build there is no list. */
export class AppLicenses {
  readonly #deps: AppLicensesDeps

  constructor(deps: AppLicensesDeps) {
    this.#deps = deps
  }

  /** By name. The runtime is the one that runs, not the one of the build. */
  async list(): Promise<About['licenses']> {
    const { chromium, node } = this.#deps.versions
    const packages = await this.#packages()
    if (packages.length === 0) return []
    return [
      ...packages.map(({ name, version, license }) => ({ name, version, license })),
      { name: 'Chromium', version: chromium, license: 'BSD-3-Clause and others' },
      { name: 'Node.js', version: node, license: 'MIT and others' },
    ].sort((a, b) => a.name.localeCompare(b.name, 'en'))
  }

  /**
   * The texts of one line of the list; `undefined` if there is no such line.
   * @throws Error if the file with the licenses of Chromium cannot be read
   */
  async textOf({ name, version }: { name: string; version: string }): Promise<LicenseText | undefined> {
    const { versions, credits } = this.#deps
    if (name === 'Chromium' && version === versions.chromium) return { texts: await readChromiumCredits(credits) }
    if (name === 'Node.js' && version === versions.node) {
      const all = await readChromiumCredits(credits)
      return { texts: all.filter(({ title }) => title.split(', ').includes('Node.js')) }
    }
    const found = (await this.#packages()).find((one) => one.name === name && one.version === version)
    return found && { texts: found.texts, ...(found.note !== undefined && { note: found.note }) }
  }

  async #packages(): Promise<BundledPackage[]> {
    const found = new Map<string, BundledPackage>()
    for (const path of this.#deps.lists) {
      for (const one of await listIn(path)) {
        const version = one.name === 'electron' ? this.#deps.versions.electron : one.version
        found.set(`${one.name} ${version}`, { ...one, version })
      }
    }
    return [...found.values()]
  }
}

async function listIn(path: string): Promise<BundledPackage[]> {
  try {
    const read = z.array(BundledPackage).safeParse(JSON.parse(await readFile(path, 'utf8')))
    return read.success ? read.data : []
  } catch {
    return [] // as while developing
  }
}
