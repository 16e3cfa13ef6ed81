import { expect, test } from 'vitest'
import { readLaunchArguments } from './launch-arguments.ts'

test('an installed app keeps every argument of its own', () => {
  expect(readLaunchArguments(['/opt/ReMo/remo', '--hidden', '--data-dir', '/tmp/x'], false)).toEqual({
    args: ['--hidden', '--data-dir', '/tmp/x'],
    link: undefined,
  })
})

test('an unpackaged app loses the path of the app, and nothing after it', () => {
  expect(
    readLaunchArguments(['electron', '--no-sandbox', '.', '--data-dir', '/tmp/x', '--nonsense'], true).args,
  ).toEqual(['--data-dir', '/tmp/x', '--nonsense'])
})

test('switches of Chromium, Electron, Node and test drivers are passed by', () => {
  const driver = ['-r', '/lib/loader.js', '--inspect=0', '--remote-debugging-port=0', '--no-sandbox']
  const chromium = ['--disable-gpu', '--enable-logging', '--ozone-platform-hint=auto', '--force-device-scale-factor=2']
  expect(
    readLaunchArguments(['electron', ...driver, 'out/main/index.cjs', ...chromium, '--hidden'], true).args,
  ).toEqual(['--hidden'])
})

test('a wrong flag stays, so that it can be refused', () => {
  expect(readLaunchArguments(['remo', '--hiden', 'stray'], false).args).toEqual(['--hiden', 'stray'])
})

test('the link of the operating system is told apart from arguments', () => {
  expect(readLaunchArguments(['remo', 'remo://alert/1', '--hidden'], false)).toEqual({
    args: ['--hidden'],
    link: 'remo://alert/1',
  })
})
