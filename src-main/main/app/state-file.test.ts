import { expect, test } from 'vitest'
import { defaultDataDir } from './state-file.ts'

test('the data folder follows the convention of each system', () => {
  expect([
    defaultDataDir('linux', {}, '/home/ada'),
    defaultDataDir('linux', { XDG_DATA_HOME: '/srv/ada' }, '/home/ada'),
    defaultDataDir('linux', { XDG_DATA_HOME: 'relative' }, '/home/ada'),
    defaultDataDir('darwin', {}, '/Users/ada'),
    defaultDataDir('win32', { APPDATA: String.raw`C:\Users\ada\AppData\Roaming` }, String.raw`C:\Users\ada`),
    defaultDataDir('win32', {}, String.raw`D:\ada`),
  ]).toEqual([
    '/home/ada/.local/share/remo',
    '/srv/ada/remo',
    '/home/ada/.local/share/remo',
    '/Users/ada/Library/Application Support/ReMo',
    String.raw`C:\Users\ada\AppData\Roaming\ReMo`,
    String.raw`D:\ada\AppData\Roaming\ReMo`,
  ])
})
