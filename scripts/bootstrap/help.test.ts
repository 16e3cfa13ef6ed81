import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { helpText } from '#shared/settings/help-text.ts'
import { version } from '../../package.json'
import { usage } from '../../producers/settings/usage.ts'
import { helpFor } from './help.mjs'

const root = join(import.meta.dirname, '..', '..')

/** A checkout without installed packages, with an empty cache folder. */
function freshClone() {
  const dir = mkdtempSync(join(tmpdir(), 'remo-help-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const clone = join(dir, 'clone')
  const cache = join(dir, 'cache')
  for (const part of ['package.json', 'scripts', 'src-shared', 'producers']) {
    cpSync(join(root, part), join(clone, part), { recursive: true })
  }
  return {
    /** @returns the output of the command */
    async run(...args: string[]) {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [join(clone, 'scripts', 'bootstrap.mjs'), ...args],
        {
          env: { PATH: process.env['PATH'], REMO_CACHE_DIR: cache },
        },
      )
      return stdout
    },
    isUntouched: () => !existsSync(cache) && !readdirSync(clone).includes('node_modules'),
  }
}

describe('on a fresh clone, without installing or starting anything,', () => {
  test('--help prints the actual options of the console and the producer', async () => {
    const clone = freshClone()
    expect(await clone.run('start', '--help')).toBe(helpText)
    expect(await clone.run('dev', '--hidden', '--help')).toBe(helpText)
    expect(await clone.run('producer', '--help')).toBe(usage)
    expect(await clone.run('producer', '-h')).toBe(usage)
    expect(clone.isUntouched()).toBe(true)
  })

  test('--version prints the same version as the programs', async () => {
    const clone = freshClone()
    expect(await clone.run('start', '--version')).toBe(`ReMo ${version}\n`)
    expect(await clone.run('producer', '--version')).toBe(`${version}\n`)
    expect(clone.isUntouched()).toBe(true)
  })

  test('stack, test and bench print their usage', async () => {
    const clone = freshClone()
    expect(await clone.run('stack', '--help')).toContain('  reset ')
    const stages = await clone.run('test', '--help')
    expect(stages).toContain('  integration ')
    expect(stages).toMatch(/Only if named:\s+field /)
    expect(await clone.run('bench', '--help')).toContain('  --quick ')
    expect(await clone.run('soak', '--help')).toContain('  <minutes> ')
    expect(await clone.run('screenshots', '--help')).toContain('docs/guide')
    expect(await clone.run('release', '--help')).toContain('  --dry-run ')
    expect(clone.isUntouched()).toBe(true)
  })
})

test('every other command runs', async () => {
  const help = (command: string, ...args: string[]) => helpFor(root, command, args)
  expect(await help('start', '--hidden')).toBeUndefined()
  expect(await help('producer', '--nodes', '2')).toBeUndefined()
  expect(await help('stack', 'up')).toBeUndefined()
  expect(await help('unknown', '--help')).toBeUndefined()
  expect(await help('test', 'unit', '--help'), "the runner's own help").toBeUndefined()
})
