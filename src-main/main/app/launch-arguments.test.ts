import { expect, test } from 'vitest'
import { readLaunchArguments } from './launch-arguments.ts'

test('an installed app keeps all arguments of ReMo', () => {
  expect(readLaunchArguments(['/opt/ReMo/remo', '--hidden', '--data-dir', '/tmp/x'], false)).toEqual({
    args: ['--hidden', '--data-dir', '/tmp/x'],
    link: undefined,
  })
})

test('an unpackaged app drops the path of the app and keeps the rest', () => {
  expect(
    readLaunchArguments(['electron', '--no-sandbox', '.', '--data-dir', '/tmp/x', '--nonsense'], true).args,
  ).toEqual(['--data-dir', '/tmp/x', '--nonsense'])
})

test('switches of Chromium, Electron, Node and test drivers are skipped', () => {
  const driver = ['-r', '/lib/loader.js', '--inspect=0', '--remote-debugging-port=0', '--no-sandbox']
  const chromium = ['--disable-gpu', '--enable-logging', '--ozone-platform-hint=auto', '--force-device-scale-factor=2']
  expect(
    readLaunchArguments(['electron', ...driver, 'out/main/index.cjs', ...chromium, '--hidden'], true).args,
  ).toEqual(['--hidden'])
})

test('an unknown flag stays, so that ReMo can refuse it', () => {
  expect(readLaunchArguments(['remo', '--hiden', 'stray'], false).args).toEqual(['--hiden', 'stray'])
})

test('the link of the operating system is not an argument', () => {
  expect(readLaunchArguments(['remo', 'remo://alert/1', '--hidden'], false)).toEqual({
    args: ['--hidden'],
    link: 'remo://alert/1',
  })
})

test('on Windows an update, a link and a notification start the app', () => {
  const program = String.raw`C:\Users\Ada Smith\AppData\Local\Programs\remo\ReMo.exe`
  const read = (...argv: readonly string[]) => readLaunchArguments([program, ...argv], false)
  expect(read('--updated', '--hidden').args).toEqual(['--hidden'])
  expect(read('-Embedding').args).toEqual([])
  expect(read('--squirrel-firstrun').args).toEqual([])
  // Electron adds switches of its own before the link, in an order that it does not promise.
  const link = 'remo://alert/0b2e6a52-54a5-8f3c-9d5e-4d2f0f6a7b11'
  expect(read('--allow-file-access-from-files', '--original-process-start-time=1', link)).toEqual({ args: [], link })
  expect(read('--data-dir', String.raw`D:\My data`).args).toEqual(['--data-dir', String.raw`D:\My data`])
})

test('macOS starts an app of Finder with its serial number', () => {
  expect(readLaunchArguments(['/Applications/ReMo.app/Contents/MacOS/ReMo', '-psn_0_12345'], false)).toEqual({
    args: [],
    link: undefined,
  })
})
