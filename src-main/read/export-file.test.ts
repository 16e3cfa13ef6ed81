import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeExportFile } from './export-file.ts'

const isRoot = process.getuid?.() === 0
const isWindows = process.platform === 'win32'
/** Links, pipes, modes and limits of Unix. */
const onUnix = test.skipIf(isWindows)
const text = ['timestamp,node_id\r\n', 'a,b\r\n']
const written = text.join('')

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'remo-export-'))
})
afterEach(() => {
  chmodSync(dir, 0o700)
  rmSync(dir, { recursive: true, force: true })
})

const at = (...names: string[]): string => join(dir, ...names)
const messageOf = (path: string, blocks: Iterable<string> = text): Promise<string> =>
  writeExportFile(path, blocks).then(
    () => 'written',
    (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
  )

test('the named file gets the content, and nothing else beside it changes', async () => {
  const others = ['out.csv.partial', 'out.csv.tmp', '.out.csv.partial', 'out.csv~', 'out.csv.new']
  for (const name of others) writeFileSync(at(name), `mine: ${name}`)
  mkdirSync(at('out.csv.d'))
  expect(await messageOf(at('out.csv'))).toBe('written')
  expect(readFileSync(at('out.csv'), 'utf8')).toBe(written)
  for (const name of others) expect(readFileSync(at(name), 'utf8')).toBe(`mine: ${name}`)
  expect(readdirSync(dir).sort()).toEqual([...others, 'out.csv', 'out.csv.d'].sort())
})

test('an existing file is replaced and keeps its permissions; another name of its content keeps the content', async () => {
  writeFileSync(at('out.csv'), 'before', { mode: 0o600 })
  linkSync(at('out.csv'), at('backup.csv'))
  expect(await messageOf(at('out.csv'))).toBe('written')
  expect(readFileSync(at('out.csv'), 'utf8')).toBe(written)
  if (!isWindows) expect(statSync(at('out.csv')).mode & 0o777).toBe(0o600)
  expect(readFileSync(at('backup.csv'), 'utf8')).toBe('before')
})

onUnix(
  'a link stays, and its target gets the content: directly, through links, and before it exists (not on Windows: links need rights)',
  async () => {
    mkdirSync(at('real'))
    writeFileSync(at('real', 'data.csv'), 'before')
    symlinkSync(join('real', 'data.csv'), at('direct.csv'))
    symlinkSync('direct.csv', at('second.csv'))
    symlinkSync(join('real', 'later.csv'), at('later.csv'))
    symlinkSync('real', at('folder'))
    symlinkSync(join('..', 'real', 'other.csv'), at('real', 'up.csv'))
    for (const [name, target] of [
      ['direct.csv', 'data.csv'],
      ['second.csv', 'data.csv'],
      ['later.csv', 'later.csv'],
      [join('folder', 'inside.csv'), 'inside.csv'],
      [join('folder', 'up.csv'), 'other.csv'],
    ] as const) {
      expect(await messageOf(at(name), [name])).toBe('written')
      expect(readFileSync(at('real', target), 'utf8')).toBe(name)
    }
    expect(['direct.csv', 'second.csv', 'later.csv'].map((name) => readlinkSync(at(name)))).toEqual([
      join('real', 'data.csv'),
      'direct.csv',
      join('real', 'later.csv'),
    ])
    expect(lstatSync(at('folder')).isSymbolicLink()).toBe(true)
  },
)

test('a name of the greatest length is written', async () => {
  const name = `${'x'.repeat(251)}.csv`
  expect(await messageOf(at(name))).toBe('written')
  expect(readdirSync(dir)).toEqual([name])
  expect(await messageOf(at(`x${name}`))).toMatch(/^failed: Cannot write .+: its name is too long \(ENAMETOOLONG\)/)
})

onUnix(
  'each reason is one sentence that names the file, and nothing is removed (not on Windows: links need rights)',
  async () => {
    mkdirSync(at('folder.csv'))
    writeFileSync(at('folder.csv', 'kept'), 'kept')
    writeFileSync(at('file'), 'kept')
    symlinkSync(at('gone', 'x.csv'), at('dangling.csv'))
    symlinkSync('b.csv', at('a.csv'))
    symlinkSync('a.csv', at('b.csv'))
    const before = readdirSync(dir, { recursive: true }).sort()
    const reasons = {
      'folder.csv': 'a folder has this name (EISDIR)',
      'missing/out.csv': 'its folder does not exist (ENOENT)',
      'file/out.csv': 'a part of its path is not a folder (ENOTDIR)',
      'dangling.csv': 'its folder does not exist (ENOENT)',
      'a.csv': 'its links form a loop (ELOOP)',
    }
    for (const [name, reason] of Object.entries(reasons)) {
      expect(await messageOf(at(name))).toBe(`failed: Cannot write ${at(name)}: ${reason}; choose another place.`)
    }
    expect(readdirSync(dir, { recursive: true }).sort()).toEqual(before)
  },
)

onUnix('a device or a pipe is never replaced (not on Windows: it has none in folders)', async () => {
  spawnSync('mkfifo', [at('pipe')])
  expect(await messageOf(at('pipe'))).toBe(`failed: Cannot write ${at('pipe')}: it is not a file.`)
  expect(lstatSync(at('pipe')).isFIFO()).toBe(true)
  expect(await messageOf('/dev/null')).toBe('failed: Cannot write /dev/null: it is not a file.')
  expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true)
})

onUnix('a folder without permission to write is said (not on Windows: folders have no modes)', async () => {
  // Only a file system of the kernel refuses root.
  const folder = isRoot ? '/sys' : at('closed')
  if (!isRoot) mkdirSync(folder, { mode: 0o555 })
  expect(await messageOf(join(folder, 'out.csv'))).toMatch(
    /^failed: Cannot write \S+out\.csv: (you have no permission to write there|its file system is read-only) \(E\w+\); /,
  )
})

test('a file without permission to write keeps its content, although its folder would allow to replace it', async () => {
  const path = at('protected.csv')
  writeFileSync(path, 'before', { mode: 0o444 })
  chmodSync(dir, 0o777)
  expect(asOrdinaryUser(path)).toContain('you have no permission to write there')
  expect(readFileSync(path, 'utf8')).toBe('before')
  expect(readdirSync(dir)).toEqual(['protected.csv'])
})

onUnix('a folder that vanishes while the file is written is said (not on Windows: it cannot)', async () => {
  mkdirSync(at('short'))
  function* blocks(): Generator<string> {
    yield 'a'
    rmSync(at('short'), { recursive: true })
    yield 'b'
  }
  expect(await messageOf(at('short', 'out.csv'), blocks())).toContain('its folder does not exist (ENOENT)')
  expect(existsSync(at('short'))).toBe(false)
})

test('content that cannot be read is not called a problem of the file, and the file keeps what it had', async () => {
  writeFileSync(at('out.csv'), 'before')
  function* blocks(): Generator<string> {
    yield 'a'
    throw new Error('a chunk is damaged')
  }
  expect(await messageOf(at('out.csv'), blocks())).toBe(
    `failed: Cannot export to ${at('out.csv')}: the local cache could not be read (a chunk is damaged).`,
  )
  expect(readdirSync(dir)).toEqual(['out.csv'])
  expect(readFileSync(at('out.csv'), 'utf8')).toBe('before')
})

onUnix(
  'a file that grows beyond the limit of its user leaves the former one and no part of itself (not on Windows: no limits)',
  () => {
    writeFileSync(at('out.csv'), 'before')
    const shell = ['-c', 'ulimit -f 8; exec "$0" "$@"', process.execPath, ...program(at('out.csv'))]
    expect(spawnSync('sh', shell, { encoding: 'utf8' }).stdout).toContain('does not allow a file of this size (EFBIG)')
    expect(readdirSync(dir)).toEqual(['out.csv'])
    expect(readFileSync(at('out.csv'), 'utf8')).toBe('before')
  },
)

const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0

test.skipIf(!canMount)(
  'on a full disk the former file stays, and no part of the new one (only on Linux, which can mount one)',
  () => {
    const script =
      'mount -t tmpfs -o size=64k none "$0" && cd "$0" && echo before > out.csv && "$@"; cat out.csv; ls -A'
    const args = ['-rm', 'sh', '-c', script, dir, process.execPath, ...program(at('out.csv'))]
    const { stdout } = spawnSync('unshare', args, { encoding: 'utf8' })
    expect(stdout).toBe(
      `Cannot write ${at('out.csv')}: the disk is full (ENOSPC); choose another place.\nbefore\nout.csv\n`,
    )
  },
)

test.skipIf(!canMount)('on a read-only file system nothing is written (only on Linux, which can mount one)', () => {
  const script =
    'mount -t tmpfs none "$0" && echo before > "$0/out.csv" && mount -o remount,ro "$0"; "$@"; cat "$0/out.csv"'
  const args = ['-rm', 'sh', '-c', script, dir, process.execPath, ...program(at('out.csv'))]
  const { stdout } = spawnSync('unshare', args, { encoding: 'utf8' })
  expect(stdout).toMatch(/^Cannot write \S+: its file system is read-only \(EROFS\); choose another place\.\nbefore\n$/)
})

/** Arguments of Node for a process that writes a megabyte and prints the error. */
function program(path: string): string[] {
  const source = `
    import { writeExportFile } from ${JSON.stringify(import.meta.resolve('./export-file.ts'))}
    const blocks = Array.from({ length: 16 }, () => 'x'.repeat(65536))
    await writeExportFile(${JSON.stringify(path)}, blocks).catch((error) => console.log(error.message))`
  return ['--no-warnings', '--input-type=module', '--eval', source]
}

/** What a user without special rights gets to read. Root gives its rights up for it. */
function asOrdinaryUser(path: string): string {
  const nobody = 65_534
  const drop = isRoot ? `process.setgid(${nobody}); process.setuid(${nobody});` : ''
  const [warnings = '', type = '', flag = '', source = ''] = program(path)
  // The module is loaded before: the checkout may belong to root alone.
  const late = source.replace('const blocks', `${drop} const blocks`)
  return spawnSync(process.execPath, [warnings, type, flag, late], { encoding: 'utf8' }).stdout
}
