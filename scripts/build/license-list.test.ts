import { normalize } from 'node:path'
import { expect, test } from 'vitest'
import { licenseList, packageFolder } from './license-list.ts'

test.each([
  ['/app/node_modules/zod/v4/index.js', '/app/node_modules/zod'],
  ['/app/node_modules/@noble/hashes/sha2.js?v=1', '/app/node_modules/@noble/hashes'],
  ['\0/app/node_modules/a/node_modules/b/index.js', '/app/node_modules/a/node_modules/b'],
  ['/app/src-main/main/index.ts', undefined],
])('the package of %s', (module, folder) => {
  expect(packageFolder(module)).toBe(folder && normalize(folder))
})

test('every package in a bundle is listed once, and what stays outside of it', () => {
  const root = `${import.meta.dirname}/../../node_modules`
  const files: Array<{ fileName: string; source: string }> = []
  const bundle = {
    'index.cjs': {
      type: 'chunk',
      modules: { [`${root}/zod/index.js`]: {}, [`${root}/zod/v4/core.js`]: {}, '/app/src-main/main/index.ts': {} },
    },
    'style.css': { type: 'asset' },
  }
  licenseList(['better-sqlite3']).generateBundle.call({ emitFile: (file) => (files.push(file), 'id') }, {}, bundle)
  const [file] = files
  expect(file?.fileName).toBe('licenses.json')
  expect(JSON.parse(file?.source ?? '')).toEqual([
    { name: 'better-sqlite3', version: expect.stringMatching(/^\d/) as string, license: 'MIT' },
    { name: 'zod', version: expect.stringMatching(/^\d/) as string, license: 'MIT' },
  ])
})
