import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, normalize, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { BundledPackage } from '../../src-shared/license/bundled-package.ts'
import { licenseProblem } from './allowed-licenses.ts'
import { bundledPackage, licenseList, packageFolder } from './license-list.ts'
import { packagesBesideBundles, sqliteLicense } from './native-licenses.ts'

const mit = 'Permission is hereby granted, free of charge, to any person'
const root = resolve('node_modules')

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'remo-licenses-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A package with these files. */
function packageOf(manifest: object, files: Readonly<Record<string, string>> = {}): string {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'a', version: '1.0.0', ...manifest }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

function listOf(plugin: ReturnType<typeof licenseList>, modules: readonly string[]) {
  const files: Array<{ fileName: string; source: string }> = []
  const chunk = { type: 'chunk', modules: Object.fromEntries(modules.map((module) => [module, {}])) }
  plugin.generateBundle.call({ emitFile: (file) => (files.push(file), 'id') }, {}, { 'index.cjs': chunk })
  expect(files.map(({ fileName }) => fileName)).toEqual(['licenses.json'])
  return z.array(BundledPackage).parse(JSON.parse(files[0]?.source ?? ''))
}

test.each([
  ['/app/node_modules/zod/v4/index.js', '/app/node_modules/zod'],
  ['/app/node_modules/@noble/hashes/sha2.js?v=1', '/app/node_modules/@noble/hashes'],
  ['\0/app/node_modules/a/node_modules/b/index.js', '/app/node_modules/a/node_modules/b'],
  ['/app/src-main/main/index.ts', undefined],
])('the package of %s', (module, expected) => {
  expect(packageFolder(module)).toBe(expected && normalize(expected))
})

describe('the list of a bundle', () => {
  test('has every package once with its texts, also those of threads, and what stays outside of the bundle', () => {
    const plugin = licenseList(['better-sqlite3', 'not-installed'], [sqliteLicense()])
    listOf(plugin, [`${root}/kafkajs/index.js`])
    const list = listOf(plugin, [`${root}/zod/index.js`, `${root}/zod/v4/core.js`, '/app/src-main/main/index.ts'])
    expect(list.map(({ name, license }) => `${name} ${license}`)).toEqual([
      'SQLite blessing',
      'better-sqlite3 MIT',
      'kafkajs MIT',
      'zod MIT',
    ])
    for (const { name, version, texts } of list) {
      expect(version, name).toMatch(/^\d+\.\d+/)
      expect(texts.length, name).toBeGreaterThan(0)
    }
  })

  test('has the header library that is compiled into each native module', () => {
    const names = packagesBesideBundles()
    expect(names).toEqual(expect.arrayContaining(['electron', 'better-sqlite3', 'keytar', 'node-addon-api']))
  })

  test('has the public domain notice of the SQLite that is compiled in', () => {
    expect(sqliteLicense().texts[0]?.text).toMatch(/^The author disclaims copyright[^*]*taking more than you give\.\n$/)
  })
})

describe('a package', () => {
  test('comes with its license, notices, and the licenses of code that it took over', () => {
    const files = {
      LICENSE: `\uFEFF${mit}\r\n`,
      NOTICE: 'x',
      'licenses/LICENSE-d3': 'y',
      'license-tool.js': '',
      'README.md': '',
    }
    expect(bundledPackage(packageOf({ license: 'MIT' }, files))).toEqual({
      name: 'a',
      version: '1.0.0',
      license: 'MIT',
      texts: [
        { title: 'LICENSE', text: `${mit}\n` },
        { title: 'NOTICE', text: 'x\n' },
        { title: 'licenses/LICENSE-d3', text: 'y\n' },
      ],
    })
  })

  test.each([
    [{ licenses: [{ type: 'MIT' }, { type: 'GPL-2.0' }] }, 'MIT OR GPL-2.0'],
    [{ license: { type: 'MIT', url: 'x' } }, 'MIT'],
    [{ license: { type: 'MIT/X11' } }, 'MIT'],
    [{ license: '(MIT OR GPL-3.0-only)' }, '(MIT OR GPL-3.0-only)'],
  ])('says its license in an old form: %j', (manifest, license) => {
    expect(bundledPackage(packageOf(manifest, { LICENSE: mit })).license).toBe(license)
  })

  test.each([
    ['no license', {}, { LICENSE: mit }, 'a 1.0.0 names no license'],
    ['no text', { license: 'MIT' }, {}, 'a 1.0.0 has no text of its license'],
    ['an empty text', { license: 'MIT' }, { LICENSE: ' \n' }, 'a 1.0.0 has no text of its license'],
    [
      'a license that asks for more',
      { license: 'GPL-3.0-only' },
      { LICENSE: 'GNU' },
      'the license GPL-3.0-only, which',
    ],
    ['one of two that asks for more', { license: 'MIT AND LGPL-3.0-only' }, { LICENSE: mit }, 'LGPL-3.0-only, which'],
    ['a text of another license', { license: 'ISC' }, { LICENSE: mit }, 'ISC, but comes with another text'],
    [
      'a license that is a property of every object',
      { license: 'constructor' },
      { LICENSE: mit },
      'constructor, which',
    ],
  ])('with %s fails the build', (_title, manifest, files, message) => {
    expect(() => bundledPackage(packageOf(manifest, files), {})).toThrow(message)
  })

  test('may be corrected with a reason, but only while it is needed', () => {
    const corrections = { a: { license: 'MIT', text: mit, note: 'The repository says so.' } }
    expect(bundledPackage(packageOf({}), corrections)).toMatchObject({
      license: 'MIT',
      note: 'The repository says so.',
    })
    expect(() => bundledPackage(packageOf({}, { LICENSE: mit }), corrections)).toThrow('needs no correction')
    expect(() => bundledPackage(packageOf({ license: 'MIT' }), corrections)).toThrow('needs no correction')
  })
})

test('one allowed license of several to choose from is enough', () => {
  expect(licenseProblem('GPL-2.0-only OR MIT', mit)).toBeUndefined()
  expect(licenseProblem('MIT OR Apache-2.0', `${mit}`)).toBeUndefined()
  expect(licenseProblem('MIT AND ISC', mit)).toContain('ISC')
})
