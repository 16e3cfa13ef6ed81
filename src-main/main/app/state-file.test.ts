import { expect, test } from 'vitest'
import { defaultDataDir } from './state-file.ts'

test('the data folder follows the convention of each system', () => {
  expect([
    defaultDataDir('linux', {}, '/home/ada'),
    defaultDataDir('linux', { XDG_DATA_HOME: '/srv/ada' }, '/home/ada'),
    defaultDataDir('linux', { XDG_DATA_HOME: 'relative' }, '/home/ada'),
    defaultDataDir('darwin', {}, '/Users/ada'),
    defaultDataDir('win32', { APPDATA: '/roaming' }, '/Users/ada'),
  ]).toEqual([
    '/home/ada/.local/share/remo',
    '/srv/ada/remo',
    '/home/ada/.local/share/remo',
    '/Users/ada/Library/Application Support/ReMo',
    '/roaming/ReMo',
  ])
})
