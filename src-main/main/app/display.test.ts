import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hasDisplay, runWithoutDisplay } from './display.ts'

const start = { platform: 'linux', env: {}, argv: ['remo', '--check-config'] } as const

test.each([
  ['X11', { DISPLAY: ':0' }, true],
  ['Wayland', { WAYLAND_DISPLAY: 'wayland-0' }, true],
  ['SSH', {}, false],
  ['an empty variable', { DISPLAY: '' }, false],
])('a session of %s has a display or not', (_, env, expected) => {
  expect(hasDisplay({ ...start, env })).toBe(expected)
})

test('Windows and macOS always have one, and so has a start that names its platform', () => {
  expect(hasDisplay({ ...start, platform: 'darwin' })).toBe(true)
  expect(hasDisplay({ ...start, argv: ['remo', '--ozone-platform=headless'] })).toBe(true)
})

test.skipIf(process.platform === 'win32')('the second start has the same arguments, and its exit code counts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'remo-display-'))
  const program = join(folder, 'program')
  writeFileSync(program, `#!/bin/sh\necho "$@" > ${folder}/args\nexit 2\n`, { mode: 0o755 })
  expect(runWithoutDisplay({ argv: [program, '--check-config', '--profile', 'a'] })).toBe(2)
  expect(readFileSync(join(folder, 'args'), 'utf8')).toBe(
    '--check-config --profile a --ozone-platform=headless --disable-gpu\n',
  )
})
