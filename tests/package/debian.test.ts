/** The .deb, by the tools of Debian, and what the system has of it after `dpkg --install`. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { version } from '../../package.json' with { type: 'json' }
import { dpkg, packages, packageState, requireInstalled } from '../support/dpkg.ts'
import { emptyHome, program, userEnvironment } from '../support/installed-app.ts'

const run = (command: string, ...args: readonly string[]): string => execFileSync(command, args, { encoding: 'utf8' })

describe('the package', () => {
  test('has no errors and no warnings by lintian', () => {
    // Rules of Debian's own archive: a bug report for each new package, and no zstd, which makes this package fast.
    const suppressed = ['initial-upload-closes-no-bugs', 'malformed-deb-archive']
    const args = ['--suppress-tags', suppressed.join(','), '--fail-on', 'error,warning', packages.current]
    const { status, stdout, stderr } = spawnSync('lintian', args, { encoding: 'utf8' })
    expect(`${stdout}${stderr}`.split('\n').filter((line) => /^[EW]:/.test(line))).toEqual([])
    expect(status).toBe(0)
  })

  test('belongs to root, and nobody else may write any of it', () => {
    const lines = run('dpkg-deb', '--contents', packages.current).trim().split('\n')
    expect(lines.length).toBeGreaterThan(50)
    expect(lines.filter((line) => !/^[-dl]\S+ root\/root /.test(line))).toEqual([])
    expect(lines.filter((line) => !line.startsWith('l') && /^.{5}w|^.{8}w/.test(line))).toEqual([])
    expect(lines.filter((line) => /^...[sS]|^.{6}[sS]/.test(line))).toEqual([])
  })

  test('has the version of this ReMo', () => {
    expect(run('dpkg-deb', '--field', packages.current, 'Version').trim()).toBe(version)
  })
})

describe('the installed package', () => {
  beforeAll(requireInstalled)

  test('is complete, with every library that its programs load', async () => {
    expect(packageState()).toBe(`${version} installed`)
    expect((await dpkg('--verify', 'remo')).output).toBe('')
    const folder = '/usr/lib/remo'
    for (const file of [
      'remo',
      'chrome-sandbox',
      'resources/app.asar.unpacked/node_modules/keytar/build/Release/keytar.node',
    ])
      expect(run('ldd', `${folder}/${file}`)).not.toContain('not found')
    expect(realpathSync(program)).toBe(`${folder}/remo`)
  })

  test('the manual page renders without a warning, and names every option', () => {
    const { stdout, stderr, status } = spawnSync('man', ['--warnings', 'remo'], {
      encoding: 'utf8',
      env: { ...process.env, MANWIDTH: '100', MAN_KEEP_FORMATTING: '', LC_ALL: 'C.UTF-8' },
    })
    expect([status, stderr]).toEqual([0, ''])
    const options = [...helpText().matchAll(/^ {2}(--[\w-]+)/gm)].map(([, name]) => name ?? '')
    expect(options.length).toBeGreaterThan(10)
    expect(options.filter((name) => !stdout.includes(name))).toEqual([])
  })

  test('the desktop entry is valid, and opens links of ReMo', () => {
    const entry = '/usr/share/applications/remo.desktop'
    expect(run('desktop-file-validate', entry)).toBe('')
    const text = readFileSync(entry, 'utf8')
    expect(text).toMatch(/^Exec=remo %u$/m)
    expect(text).toMatch(/^MimeType=(?:.*;)?x-scheme-handler\/remo;/m)
    const icon = /^Icon=(.*)$/m.exec(text)?.[1] ?? ''
    for (const size of ['16x16', '48x48', '256x256']) {
      expect(statSync(`/usr/share/icons/hicolor/${size}/apps/${icon}.png`).size).toBeGreaterThan(0)
    }
    expect(existsSync(`/usr/share/icons/hicolor/scalable/apps/${icon}.svg`)).toBe(true)
  })

  test('it comes with its changelog, its license and the profile of AppArmor', () => {
    const unzipped = (name: string) => gunzipSync(readFileSync(`/usr/share/doc/remo/${name}`)).toString()
    expect(unzipped('changelog.gz')).toMatch(new RegExp(`^remo \\(${version}\\) `))
    expect(unzipped('CHANGELOG.md.gz')).toContain(`## ${version}`)
    expect(readFileSync('/usr/share/doc/remo/copyright', 'utf8')).toContain('License: MIT')
    expect(readFileSync('/etc/apparmor.d/remo', 'utf8')).toContain('userns,')
  })
})

describe('the program, without a display', () => {
  beforeAll(requireInstalled)

  function start(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(program, args, { encoding: 'utf8', timeout: 60_000, env: terminal() })
  }

  test('--version prints the version', () => {
    expect(start('--version')).toMatchObject({ status: 0, stdout: `ReMo ${version}\n` })
  })

  test('--help prints the options', () => {
    expect(start('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--check-config') })
  })

  test('--check-config of brokers that do not answer exits with 1, of a wrong setting with 2', () => {
    const dead = spawnSync(program, ['--check-config'], {
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...terminal(), KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1' },
    })
    expect([dead.status, dead.stdout]).toEqual([1, expect.stringContaining('127.0.0.1:1')])
    const wrong = spawnSync(program, ['--check-config'], {
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...terminal(), PROMETHEUS_PORT: 'abc' },
    })
    expect([wrong.status, wrong.stdout]).toEqual([2, expect.stringContaining('invalid: PROMETHEUS_PORT')])
  })

  test('is no Node, whatever the environment says', () => {
    const script = ['-e', 'process.stdout.write("node")']
    const node = spawnSync(program, [...script, '--version'], {
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...terminal(), ELECTRON_RUN_AS_NODE: '1' },
    })
    expect(node.stdout).not.toContain('node')
    const options = spawnSync(program, ['--version'], {
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...terminal(), NODE_OPTIONS: '--require=/nowhere/evil.cjs' },
    })
    expect([options.status, options.stdout]).toEqual([0, `ReMo ${version}\n`])
  })
})

function helpText(): string {
  return spawnSync(program, ['--help'], { encoding: 'utf8', timeout: 60_000, env: terminal() }).stdout
}

/** A login without a desktop. */
function terminal(): NodeJS.ProcessEnv {
  const { DISPLAY: _, DBUS_SESSION_BUS_ADDRESS: __, ...env } = userEnvironment(process.env, emptyHome())
  return env
}
