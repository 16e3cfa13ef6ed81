import { join, resolve, sep } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pageAsset } from './page-asset.ts'

const root = resolve('/opt/remo/renderer')
const pathOf = (address: string): string | undefined => pageAsset(root, address)?.path

test('an address resolves to a file below the root, with its media type', () => {
  expect([
    pageAsset(root, 'app://remo/index.html'),
    pageAsset(root, 'app://remo/assets/main%20page.js?v=1#top'),
  ]).toEqual([
    { path: join(root, 'index.html'), type: 'text/html; charset=utf-8' },
    { path: join(root, 'assets', 'main page.js'), type: 'text/javascript; charset=utf-8' },
  ])
})

test('the root is the page', () => {
  expect(pathOf('app://remo/')).toBe(join(root, 'index.html'))
})

test.each([
  'app://other/index.html',
  'file:///etc/passwd.html',
  'https://remo/index.html',
  'app://remo/..%2f..%2fsecret.html',
  'app://remo/%2e%2e%2f%2e%2e%2fsecret.html',
  'app://remo/..%5c..%5csecret.html',
  'app://remo/a%00.html',
  'app://remo/C:%2fsecret.html',
  'app://remo/%ff.html',
  'app://remo/secret.txt',
  'app://remo/assets',
  'not an address',
])('%j is not served', (address) => {
  expect(pathOf(address)).toBeUndefined()
})

test('no address leaves the root', () => {
  const piece = fc.constantFrom(
    '..',
    '.',
    '%2e%2e',
    '%2E.',
    '%252e%252e',
    '/',
    '%2f',
    '%5c',
    '\\',
    '%00',
    ':',
    'a',
    '~',
    '?',
    '#',
  )
  const address = fc.array(piece, { maxLength: 12 }).map((pieces) => `app://remo/${pieces.join('')}.html`)
  fc.assert(
    fc.property(address, (any) => {
      const path = pathOf(any)
      return path === undefined || (path.startsWith(root + sep) && !path.split(sep).includes('..'))
    }),
    { numRuns: 2000 },
  )
})
