import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { autostartPath, autostartText, setAutostart, startCommand } from './autostart-file.ts'

const isWindows = process.platform === 'win32'

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'remo-autostart-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return autostartPath({ XDG_CONFIG_HOME: join(folder, 'config') }, '/home/anna', undefined)
}

/** Value of Exec, as a desktop reads it: first the escapes of a string, then the quotes, then the field codes. */
function execOf(text: string): readonly string[] {
  const line = /^Exec=(.*)$/m.exec(text)?.[1] ?? ''
  const value = line.replaceAll(/\\(.)/g, (_, char: string) => ({ n: '\n', t: '\t', s: ' ', r: '\r' })[char] ?? char)
  const parts = [...value.matchAll(/"((?:\\[^]|[^"\\])*)"|([^\s"]+)/g)]
  return parts.map(([, quoted, plain]) => (quoted?.replaceAll(/\\([^])/g, '$1') ?? plain ?? '').replaceAll('%%', '%'))
}

const command = ['/opt/ReMo/remo', '--data-dir', '/home/anna/My data/100%']

describe('the file', () => {
  test('starts the program with its arguments', () => {
    const path = newPath()
    expect(setAutostart({ path, on: true, command, chosen: true })).toBeUndefined()
    const text = readFileSync(path, 'utf8')
    expect(text).toMatch(/^\[Desktop Entry\]\nType=Application\nName=ReMo\n/)
    expect(execOf(text)).toEqual(command)
    expect(setAutostart({ path, on: false, command, chosen: true })).toBeUndefined()
    expect(existsSync(path)).toBe(false)
  })

  test('keeps any argument as it is', () => {
    const argument = fc.string({ unit: fc.constantFrom(...'aB /\\"`$%\'()&;|<>*?#~ü\n\t='), minLength: 1 })
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1 }), (args) => {
        expect(execOf(autostartText(args))).toEqual(args)
      }),
    )
  })

  test('is written again at each start, because the program may have moved', () => {
    const path = newPath()
    setAutostart({ path, on: true, command, chosen: true })
    setAutostart({ path, on: true, command: ['/opt/new/remo'], chosen: false })
    expect(execOf(readFileSync(path, 'utf8'))).toEqual(['/opt/new/remo'])
  })

  test.for(['Hidden=true', 'X-GNOME-Autostart-enabled=false'])(
    'that the desktop switched off by %s stays off',
    (key) => {
      const path = newPath()
      setAutostart({ path, on: true, command, chosen: true })
      const off = readFileSync(path, 'utf8').replace('X-GNOME-Autostart-enabled=true', key)
      writeFileSync(path, off)
      expect(setAutostart({ path, on: true, command, chosen: false })).toMatch(
        /^The desktop's own settings switch this off/,
      )
      expect(readFileSync(path, 'utf8')).toBe(off)
      expect(setAutostart({ path, on: true, command, chosen: true })).toBeUndefined()
      expect(readFileSync(path, 'utf8')).not.toContain(key)
    },
  )

  test('of somebody else is neither changed nor removed', () => {
    const path = newPath()
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, '[Desktop Entry]\nType=Application\nName=Mine\nExec=remo\n')
    const before = readFileSync(path, 'utf8')
    expect(setAutostart({ path, on: true, command, chosen: true })).toContain('leaves it as it is')
    expect(setAutostart({ path, on: false, command, chosen: false })).toBeUndefined()
    expect(readFileSync(path, 'utf8')).toBe(before)
  })

  test('that cannot be written gives one sentence', () => {
    const path = newPath()
    mkdirSync(dirname(dirname(path)), { recursive: true })
    writeFileSync(dirname(path), 'no folder')
    expect(setAutostart({ path, on: true, command, chosen: true })).toMatch(
      /^ReMo cannot change .*remo\.desktop \(.*\)\.$/,
    )
  })

  test.skipIf(isWindows || process.getuid?.() === 0)(
    'in a folder without permission gives one sentence (not as root, nor on Windows: no modes)',
    () => {
      const path = newPath()
      mkdirSync(dirname(path), { recursive: true })
      chmodSync(dirname(path), 0o500)
      expect(setAutostart({ path, on: true, command, chosen: true })).toContain('EACCES')
      chmodSync(dirname(path), 0o700)
    },
  )
})

test.skipIf(isWindows)(
  'each data folder that is not the default one has its own file (not on Windows: other paths)',
  () => {
    const env = { XDG_CONFIG_HOME: '' }
    expect(autostartPath(env, '/home/anna', undefined)).toBe('/home/anna/.config/autostart/remo.desktop')
    const [a, b] = ['/data/a', '/data/b'].map((dir) => autostartPath(env, '/home/anna', dir))
    expect(a).toMatch(/^\/home\/anna\/\.config\/autostart\/remo-[0-9a-f]{8}\.desktop$/)
    expect(a).not.toBe(b)
  },
)

test.for([
  [{ appImage: undefined, appPath: undefined }, ['/opt/ReMo/remo', '--hidden']],
  [{ appImage: '/home/anna/ReMo.AppImage', appPath: undefined }, ['/home/anna/ReMo.AppImage', '--hidden']],
  [{ appImage: undefined, appPath: '/src/remo' }, ['/opt/ReMo/remo', '/src/remo', '--hidden']],
] as const)('%j is started by %j', ([facts, expected]) => {
  expect(startCommand({ execPath: '/opt/ReMo/remo', args: ['--hidden'], ...facts })).toEqual(expected)
})

const launcher = ['gio', 'gtk-launch'].find((name) => {
  try {
    execFileSync('which', [name])
    return name === 'gio'
  } catch {
    return false
  }
})

test.skipIf(launcher === undefined)('a desktop starts what the file says (only with gio)', async () => {
  const path = newPath()
  const out = join(dirname(path), 'arguments of "this" 100% $HOME')
  const script = join(dirname(path), 'write arguments.sh')
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(script, '#!/bin/sh\nprintf "%s\\n" "$@" > "$1.new"\nmv "$1.new" "$1"\n', { mode: 0o755 })
  const args = [out, '--data-dir', 'a b\\c', 'x`y`', '$HOME', "it's", '50%']
  expect(setAutostart({ path, on: true, command: [script, ...args], chosen: true })).toBeUndefined()
  execFileSync('gio', ['launch', path])
  await expect.poll(() => existsSync(out), { timeout: 10_000 }).toBe(true)
  expect(readFileSync(out, 'utf8').trimEnd().split('\n')).toEqual(args)
})
