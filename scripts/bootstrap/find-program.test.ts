import { expect, test } from 'vitest'
import { findProgram, onPath, startOf } from './find-program.mjs'

/** A Windows computer with these files; `Path` is how Windows writes the name of the variable. */
const windows = (...files: readonly string[]) => ({
  platform: 'win32' as const,
  env: { Path: String.raw`C:\Windows;;C:\Program Files\nodejs;C:\maven\bin` },
  exists: (path: string) => files.includes(path),
})
const mac = (...files: readonly string[]) => ({
  platform: 'darwin' as const,
  env: { PATH: '/usr/bin:/opt/homebrew/bin' },
  exists: (path: string) => files.includes(path),
})
const npm = String.raw`C:\Program Files\nodejs\npm.cmd`
const maven = String.raw`C:\maven\bin\mvn.cmd`

test('on Windows a program is found by its extension, and a file without one is no program', () => {
  expect(findProgram('java', windows(String.raw`C:\Windows\java.exe`))).toBe(String.raw`C:\Windows\java.exe`)
  expect(findProgram('npm', windows(String.raw`C:\Program Files\nodejs\npm`, npm))).toBe(npm)
  expect(onPath('npm', windows(String.raw`C:\Program Files\nodejs\npm`))).toBe(false)
})

test('elsewhere it is found by its name', () => {
  expect(findProgram('mvn', mac('/opt/homebrew/bin/mvn'))).toBe('/opt/homebrew/bin/mvn')
  expect(onPath('mvn', mac('/opt/homebrew/bin/mvn.exe'))).toBe(false)
})

test('a batch file of Windows runs in a shell, with quotes where they are necessary', () => {
  expect(startOf('npm', ['ci', '--loglevel=error'], windows(npm))).toEqual({
    command: `"${npm}" ci --loglevel=error`,
    args: [],
    options: { shell: true },
  })
  const goal = [String.raw`-DoutputDirectory=C:\Users\Ada Smith\.cache\remo`, 'a&b', 'say "hi"']
  expect(startOf('mvn', goal, windows(maven)).command).toBe(
    String.raw`C:\maven\bin\mvn.cmd "-DoutputDirectory=C:\Users\Ada Smith\.cache\remo" "a&b" "say ""hi"""`,
  )
})

test('every other program runs without a shell', () => {
  const asIs = { command: 'git', args: ['log', 'a b'], options: {} }
  expect(startOf('git', ['log', 'a b'], windows(String.raw`C:\Windows\git.exe`))).toEqual(asIs)
  expect(startOf('git', ['log', 'a b'], windows())).toEqual(asIs)
  expect(startOf('npm', ['ci'], mac('/usr/bin/npm'))).toEqual({ command: 'npm', args: ['ci'], options: {} })
  const path = String.raw`C:\tools\node.exe`
  expect(startOf(path, ['a b'], windows(path)).command).toBe(path)
})
