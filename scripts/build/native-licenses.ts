import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { BundledPackage } from '../../src-shared/license/bundled-package.ts'

/** Native modules of the app. Their binaries contain headers of node-addon-api, in the version of each. */
const nativeModules = ['better-sqlite3', 'keytar']

/** Packages in the app that no bundle shows: the runtime, the native modules, and what is compiled into those. */
export function packagesBesideBundles(): string[] {
  const compiledIn = nativeModules.map((name) => {
    const own = join(name, 'node_modules', 'node-addon-api')
    return existsSync(resolve('node_modules', own)) ? own : 'node-addon-api'
  })
  return ['electron', ...nativeModules, ...new Set(compiledIn)]
}

/** The SQLite that is compiled into better-sqlite3, by the header that comes with it. */
export function sqliteLicense(
  header = resolve('node_modules', 'better-sqlite3', 'deps', 'sqlite3', 'sqlite3.h'),
): BundledPackage {
  const text = readFileSync(header, 'utf8')
  const version = /^#define SQLITE_VERSION\s+"([^"]+)"/m.exec(text)?.[1]
  const blessing = /^\*\* (The author disclaims copyright[^]*?)^\*{10,}/m.exec(text)?.[1]
  if (version === undefined || blessing === undefined) throw new Error(`${header} names no version or no license.`)
  return {
    name: 'SQLite',
    version,
    license: 'blessing',
    texts: [{ title: 'sqlite3.h', text: `${blessing.replace(/^\*\* ?/gm, '').trimEnd()}\n` }],
    note: 'Public domain. Compiled into better-sqlite3.',
  }
}
