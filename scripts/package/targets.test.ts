import { expect, test } from 'vitest'
import { packageOptions } from './targets.ts'

test('without a target, each system makes all of its packages', () => {
  expect(packageOptions([], 'linux')).toEqual({ targets: ['deb', 'AppImage', 'rpm'], named: false, compression: 'xz' })
  expect(packageOptions([], 'win32').targets).toEqual(['nsis'])
  expect(packageOptions([], 'darwin').targets).toEqual(['dmg', 'zip'])
})

test('targets are named in any case', () => {
  const options = packageOptions(['--target', 'appimage,DEB', '--compression', 'zstd'], 'linux')
  expect(options).toEqual({ targets: ['AppImage', 'deb'], named: true, compression: 'zstd' })
})

test('a target of another system is refused with those of this one', () => {
  expect(() => packageOptions(['--target', 'dmg'], 'linux')).toThrow('This system makes: deb, AppImage, rpm, dir.')
})

test.each([[['--targets', 'deb']], [['--target']], [['--compression', 'lzma']]])('%j is wrong usage', (args) => {
  expect(() => packageOptions(args, 'linux')).toThrow('Usage: npm run package')
})
