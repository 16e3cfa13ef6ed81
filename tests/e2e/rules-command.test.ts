import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { electronPath } from '../support/running-console.ts'
import { expect, test } from './fixtures.ts'

test('remo rules checks a file without a window, a backend or a data folder', ({ desktop }) => {
  const dir = mkdtempSync(join(tmpdir(), 'remo-rules-'))
  const path = join(dir, 'rules.yaml')
  const env = { ...desktop.env, REMO_DATA_DIR: join(dir, 'data') }
  const run = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(electronPath(), ['.', 'rules', ...args], {
      env,
      encoding: 'utf8',
      timeout: 60_000,
    })
    return { status, stdout, said: stderr.split('\n').filter((line) => line.startsWith('ReMo: ')) }
  }
  writeFileSync(path, '- metric: cpu_usage\n  nodes: "db-.*"\n  warning: 85\n')
  expect(run('check', path)).toMatchObject({ status: 0, stdout: `${path}: 1 rule, no problem.\n` })
  writeFileSync(path, '- metric: cpu_usage\n  nodes: "db-("\n  warning: 85\n')
  expect(run('check', path)).toMatchObject({ status: 1, stdout: `${path}:2:10: nodes: Missing closing ): db-(\n` })
  expect(run('eat', path)).toMatchObject({
    status: 2,
    said: ['ReMo: Write rules check, rules diff or rules apply, and a file. Run with --help to see all options.'],
  })
  expect(readdirSync(dir)).toEqual(['rules.yaml'])
})
