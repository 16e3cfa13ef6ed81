import { expect, test } from 'vitest'
import { loginItemChange, loginItemProblem, loginProgram } from './system-login-item.ts'
import type { LoginItemRequest } from './system-login-item.ts'

const request = (over: Partial<LoginItemRequest> = {}): LoginItemRequest => ({
  platform: 'win32',
  isPackaged: true,
  on: true,
  chosen: false,
  execPath: String.raw`C:\remo\ReMo.exe`,
  appPath: String.raw`C:\src\remo`,
  args: [],
  ...over,
})
const absent = { openAtLogin: false }
const present = { openAtLogin: true, executableWillLaunchAtLogin: true }
const switchedOff = { openAtLogin: true, executableWillLaunchAtLogin: false }
const onMac = { platform: 'darwin' } as const

test.for([
  ['a first start leaves the registry alone', { on: false }, absent, undefined],
  ['the setting adds the entry', { on: true, chosen: true }, absent, { openAtLogin: true }],
  ['the setting removes the entry', { on: false, chosen: true }, present, { openAtLogin: false }],
  ['a start writes it again, because the program may have moved', {}, present, { openAtLogin: true }],
  ['a start does not switch on what Task Manager switched off', {}, switchedOff, undefined],
  ['the setting switches it on again', { chosen: true }, switchedOff, { openAtLogin: true }],
  ['the setting removes what is switched off', { on: false, chosen: true }, switchedOff, { openAtLogin: false }],
  ['macOS does not get a bare Electron', { ...onMac, isPackaged: false, chosen: true }, absent, undefined],
] as const)('%s', ([, over, before, change]) => {
  expect(loginItemChange(request(over), before)).toEqual(change)
})

test.for([
  ['nothing is wanted', { on: false }, absent, undefined],
  ['it works', {}, present, undefined],
  ['Windows switched it off', {}, switchedOff, 'settings switch this off'],
  ['the entry was not written', {}, absent, 'settings switch this off'],
  ['macOS asks the operator', onMac, { openAtLogin: false, status: 'requires-approval' }, 'Login Items'],
  ['macOS takes no flags', { ...onMac, args: ['--data-dir', '/x'] }, present, 'default data folder'],
  ['it is started from its sources', { ...onMac, isPackaged: false }, absent, 'only an installed ReMo'],
] as const)('if %s, the settings say so: %j', ([, over, after, problem]) => {
  const found = loginItemProblem(request(over), after)
  if (problem === undefined) expect(found).toBeUndefined()
  else expect(found).toContain(problem)
})

test('Windows starts the program with its arguments in quotes where they are necessary', () => {
  const args = ['--data-dir', String.raw`D:\My data\\`, '--profile', 'a"b', 'C:\\x']
  expect(loginProgram(request({ args }))).toEqual({
    path: String.raw`C:\remo\ReMo.exe`,
    args: ['--data-dir', String.raw`"D:\My data\\\\"`, '--profile', String.raw`"a\"b"`, 'C:\\x'],
  })
})

test('started from its sources, Windows starts Electron with the folder of the app', () => {
  expect(loginProgram(request({ isPackaged: false, args: ['--hidden'] })).args).toEqual([
    String.raw`C:\src\remo`,
    '--hidden',
  ])
})
