import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Role } from '#shared/session/role.ts'
import { runRulesCommand } from '../../src-main/main/rules-command/rules-command.ts'
import { type FullBackend, fullBackend, passwordOf } from '../support/full-backend.ts'

// `remo rules` as a pipeline runs it, against a backend.

let backend: FullBackend
let dir: string
beforeAll(async () => {
  backend = await fullBackend()
  dir = mkdtempSync(join(tmpdir(), 'remo-rules-'))
})
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true })
  await backend.end()
})
beforeEach(async () => {
  await backend.pool.query(
    'truncate rule, rule_version, rule_management, outbox, audit, idempotency restart identity cascade',
  )
})

const cpu = '- metric: cpu_usage\n  nodes: all\n  warning: 85\n  critical: 95\n'

function files(texts: Readonly<Record<string, string>>) {
  return (path: string): string => {
    const text = texts[path]
    if (text === undefined) throw new Error(`no such file`)
    return text
  }
}

async function rules(
  line: string,
  { text = cpu, as = 'admin' as Role, env = {} }: { text?: string; as?: Role; env?: Record<string, string> } = {},
) {
  const out: string[] = []
  const err: string[] = []
  const code = await runRulesCommand({
    args: line.split(' '),
    env: { REMO_BACKEND_URL: backend.url, REMO_BACKEND_USER: as, REMO_BACKEND_PASSWORD_FILE: '/password', ...env },
    readText: files({ 'rules.yaml': text, '/password': `${passwordOf(as)}\n` }),
    fetch,
    write: (each) => out.push(each),
    warn: (each) => err.push(each),
  })
  return { code, out, err }
}

test('check needs no backend, and names each problem with its place', async () => {
  expect(await rules('check rules.yaml', { env: { REMO_BACKEND_URL: '' } })).toEqual({
    code: 0,
    out: ['rules.yaml: 1 rule, no problem.'],
    err: [],
  })
  expect(await rules('check rules.yaml', { text: `${cpu}  for: 2\n  holdd: 1m\n` })).toEqual({
    code: 1,
    out: [
      'rules.yaml:5:8: for: Write a duration in whole seconds with its unit, such as 30s, 2m or 1h30m; from 0s to 24h.',
      'rules.yaml:6:3: Unknown field holdd. Did you mean hold?',
    ],
    err: [],
  })
  const missing = await rules('check other.yaml')
  expect([missing.code, missing.err]).toEqual([1, ['ReMo: other.yaml cannot be read: no such file.']])
})

test('diff, apply, diff: the rules of the backend become those of the file', async () => {
  const before = await rules('diff rules.yaml', { as: 'viewer' })
  expect([before.code, before.out]).toEqual([
    1,
    ['+ CPU usage, all nodes: warning above 85\u202f%, critical above 95\u202f%', '1 added.'],
  ])
  expect(await rules('apply rules.yaml')).toMatchObject({ code: 0, out: [expect.anything(), '1 added.', 'Applied.'] })
  expect(await rules('diff rules.yaml', { as: 'viewer' })).toEqual({ code: 0, out: ['no difference.'], err: [] })
  const text = `${cpu.replace('85', '80')}- metric: node_offline\n  nodes: all\n  no_sample_for: 1m\n`
  expect((await rules('diff rules.yaml', { text })).out).toEqual([
    '+ Node offline, all nodes: critical after 1\u202fm',
    '~ CPU usage, all nodes: warning 85\u202f% → 80\u202f%',
    '1 added, 1 changed.',
  ])
})

test('managed rules are refused to others, and released again', async () => {
  const managed = await rules('apply rules.yaml --managed --revision 4f2c9e1')
  expect([managed.code, managed.out.at(-1)]).toEqual([0, 'Applied. The rules are managed from rules.yaml at 4f2c9e1.'])
  const other = await rules('apply rules.yaml', { text: cpu.replace('85', '70') })
  expect([other.code, other.err]).toEqual([
    1,
    ['ReMo: The rules are managed from rules.yaml at 4f2c9e1. To change a rule, change the file.'],
  ])
  expect(await rules('apply --unmanaged')).toEqual({
    code: 0,
    out: ['The rules are no longer managed from a file.'],
    err: [],
  })
  expect((await rules('apply rules.yaml', { text: cpu.replace('85', '70') })).code).toBe(0)
})

test('who may not, a wrong password, a token and a backend that does not answer', async () => {
  expect((await rules('apply rules.yaml', { as: 'operator' })).err[0]).toContain('Your role')
  expect(await rules('diff rules.yaml', { env: { REMO_BACKEND_USER: 'nobody' } })).toMatchObject({ code: 1, out: [] })
  const env = { REMO_BACKEND_TOKEN: backend.tokens.admin, REMO_BACKEND_USER: '' }
  expect((await rules('apply rules.yaml', { env })).code).toBe(0)
  const silent = await rules('diff rules.yaml --backend http://127.0.0.1:9', { env })
  expect([silent.code, silent.err[0]]).toEqual([1, expect.stringContaining('The backend is unavailable.') as string])
  const unset = await rules('diff rules.yaml', { env: { REMO_BACKEND_URL: '' } })
  expect(unset.err).toEqual([
    'ReMo: Name the backend with --backend or REMO_BACKEND_URL, such as https://remo.example.com.',
  ])
  const nobody = await rules('diff rules.yaml', { env: { REMO_BACKEND_USER: '' } })
  expect(nobody.err).toEqual(['ReMo: Set REMO_BACKEND_USER and REMO_BACKEND_PASSWORD_FILE, or REMO_BACKEND_TOKEN.'])
})

test.each([
  ['', 'Write rules check, rules diff or rules apply, and a file.'],
  ['check', 'Write the file after rules check.'],
  ['diff a b', 'b: only one file is read.'],
  ['diff a --force', '--force: unknown option of rules.'],
  ['diff a --managed', '--managed and --unmanaged belong to rules apply.'],
  ['apply a --managed', '--managed and --revision belong together.'],
  ['apply a --managed --revision x --unmanaged', 'Write --managed or --unmanaged, not both.'],
  ['apply a --backend', '--backend: expected a value after it.'],
])('wrong arguments, %j, exit with 2', async (line, sentence) => {
  expect(await rules(line)).toEqual({
    code: 2,
    out: [],
    err: [`ReMo: ${sentence} Run with --help to see all options.`],
  })
})

test('it runs on Node alone, without the app', async () => {
  const path = join(dir, 'rules.yaml')
  writeFileSync(path, `${cpu}  clear: 90\n`)
  const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
    execFile(process.execPath, ['scripts/rules.ts', 'check', path], (error, stdout) =>
      resolve({ code: error?.code ?? 0, stdout }),
    )
  })
  expect([code, stdout]).toEqual([
    1,
    `${path}:5:10: The clear level must be below the level that raises the alert (85).\n`,
  ])
})
