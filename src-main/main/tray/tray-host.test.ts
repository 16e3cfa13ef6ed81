import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { hasTrayHost } from './tray-host.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remo-bus-'))
  vi.stubEnv('PATH', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** Windows has neither sh nor a session bus. Its tray is asserted by the first test. */
const onUnix = test.skipIf(process.platform === 'win32')

/** A program that prints `answer` and exits with `code`. */
function program(name: string, answer: string, code = 0): void {
  writeFileSync(join(folder, name), `#!/bin/sh\necho '${answer}'\nexit ${code}\n`)
  chmodSync(join(folder, name), 0o755)
}

test('other systems than Linux always show a tray', async () => {
  expect([await hasTrayHost('win32'), await hasTrayHost('darwin')]).toEqual([true, true])
})

onUnix('a host on the session bus shows the tray', async () => {
  program('gdbus', '(<true>,)')
  expect(await hasTrayHost('linux')).toBe(true)
})

test('a watcher without a host does not', async () => {
  program('gdbus', '(<false>,)')
  program('dbus-send', 'variant boolean true')
  expect(await hasTrayHost('linux')).toBe(false)
})

test('a bus without a watcher does not', async () => {
  program('gdbus', 'Error: The name org.kde.StatusNotifierWatcher was not provided: true story', 1)
  expect(await hasTrayHost('linux')).toBe(false)
})

onUnix('if one program is missing, the other is used', async () => {
  program('dbus-send', '   variant       boolean true')
  expect(await hasTrayHost('linux')).toBe(true)
})

test('without both programs, no tray is assumed', async () => {
  expect(await hasTrayHost('linux')).toBe(false)
})
