import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withColorChoice } from './color.mjs'

test('NO_COLOR reaches tools that know another variable; empty, it changes nothing', () => {
  expect(withColorChoice({ NO_COLOR: '1', FORCE_COLOR: '1' })).toMatchObject({ NO_COLOR: '1', FORCE_COLOR: '0' })
  expect(withColorChoice({ NO_COLOR: '', FORCE_COLOR: '1' })).toEqual({ NO_COLOR: '', FORCE_COLOR: '1' })
  expect(withColorChoice({})).toEqual({})
})

test.each([['--help'], ['start', '--help'], ['producer', '--help'], ['no-such-command']])(
  'the scripts print no color of their own, not even if it is asked for: %s',
  (...args) => {
    const script = join(import.meta.dirname, '..', 'bootstrap.mjs')
    const env = { ...process.env, FORCE_COLOR: '1' }
    const { stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', env })
    expect(`${stdout}${stderr}`).not.toBe('')
    expect(`${stdout}${stderr}`).not.toContain('\u001b')
  },
)
