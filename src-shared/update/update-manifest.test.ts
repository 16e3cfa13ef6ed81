import { expect, test } from 'vitest'
import { packageOf, UpdateManifest } from './update-manifest.ts'

const sha512 = `${'A'.repeat(86)}==`
const file = (url: string) => ({ url, sha512, size: 100 })
const manifest = (files: readonly object[], more: object = {}) => ({ version: '0.2.1', files, ...more })

test('a manifest of electron-builder is read, with keys that are of no interest', () => {
  const whole = { ...manifest([file('remo_0.2.1_amd64.deb')]), path: 'x', sha512, releaseDate: '2026-12-01T10:00:00Z' }
  expect(UpdateManifest.parse(whole)).toEqual({
    version: '0.2.1',
    files: [file('remo_0.2.1_amd64.deb')],
    releaseDate: '2026-12-01T10:00:00Z',
  })
})

test.each([
  ['nothing', null],
  ['a text', 'version: 0.2.1'],
  ['no version', { files: [file('a.deb')] }],
  ['a version that is none', manifest([file('a.deb')], { version: 'latest' })],
  ['no files', manifest([])],
  ['a file of another folder', manifest([file('../a.deb')])],
  ['a hidden file', manifest([file('.a.deb')])],
  ['a file of another server', manifest([file('https://evil.example/a.deb')])],
  ['a path of Windows', manifest([file('..\\a.exe')])],
  ['no checksum', manifest([{ url: 'a.deb', size: 100 }])],
  ['a checksum that is none', manifest([{ ...file('a.deb'), sha512: 'abc' }])],
  ['no size', manifest([{ url: 'a.deb', sha512 }])],
  ['an endless file', manifest([{ ...file('a.deb'), size: 1e12 }])],
])('%s is refused', (_, value) => {
  expect(UpdateManifest.safeParse(value).success).toBe(false)
})

test('each installation gets its own package, for its processor', () => {
  const names = [
    'ReMo-0.2.1-arm64.AppImage',
    'ReMo-0.2.1-x86_64.AppImage',
    'remo_0.2.1_arm64.deb',
    'remo_0.2.1_amd64.deb',
    'ReMo Setup 0.2.1.exe',
  ]
  const all = UpdateManifest.parse(manifest(names.map(file)))
  const name = (...of: [Parameters<typeof packageOf>[1], string]) => packageOf(all, ...of)?.file.url
  expect([
    name('deb', 'x64'),
    name('deb', 'arm64'),
    name('appimage', 'x64'),
    name('nsis', 'x64'),
    name('rpm', 'x64'),
    name('mac', 'arm64'),
  ]).toEqual([
    'remo_0.2.1_amd64.deb',
    'remo_0.2.1_arm64.deb',
    'ReMo-0.2.1-x86_64.AppImage',
    'ReMo Setup 0.2.1.exe',
    undefined,
    undefined,
  ])
})
