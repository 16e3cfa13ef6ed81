import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { draftOfRule } from '#shared/rule/rule-draft.ts'
import { stockRules } from '#shared/rule/stock-rules.ts'
import type { BackendSession } from '../backend/session/backend-session.ts'
import { ruleFileHandlers } from './rule-file-handlers.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'remo-rules-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function handlers(session?: Partial<BackendSession>) {
  const toThread: unknown[] = []
  const call = ((name: string, request: unknown) => {
    toThread.push([name, request])
    return Promise.resolve(name === 'rules.list' ? [...stockRules(0)] : { name })
  }) as never
  const path = join(dir, 'rules.yaml')
  const ruleFiles = { choose: () => Promise.resolve(path), save: () => Promise.resolve(path) }
  const calls = ruleFileHandlers({ data: { call }, session: session as BackendSession | undefined, ruleFiles })
  return { calls, toThread, path }
}

test('thresholds are exported to a file, and opened from it as they were', async () => {
  const { calls, path } = handlers()
  expect(await calls['rules.export']({})).toEqual({ saved: true, path })
  expect(readFileSync(path, 'utf8')).toBe((await calls['rules.yaml']({})).text)
  const opened = await calls['rules.open']({})
  expect(opened).toMatchObject({ kind: 'rules', name: 'rules.yaml' })
  expect(opened.kind === 'rules' && opened.rules).toEqual(
    expect.arrayContaining(stockRules(0).map((rule) => draftOfRule(rule))),
  )
})

test('a file with problems, a large one and a missing one are sentences', async () => {
  const { calls, path } = handlers()
  expect(await calls['rules.open']({})).toMatchObject({
    kind: 'problems',
    problems: [{ message: expect.stringContaining('The file cannot be read') as string }],
  })
  writeFileSync(path, '- metric: x\n  nodes: all\n  warnig: 1\n')
  expect(await calls['rules.open']({})).toMatchObject({
    kind: 'problems',
    problems: [{ line: 3, column: 3, message: 'Unknown field warnig. Did you mean warning?' }],
  })
  writeFileSync(path, Buffer.alloc(4_000_001, 32))
  expect(await calls['rules.open']({})).toMatchObject({ problems: [{ message: 'The file is too large.' }] })
})

test('without a backend the console applies; with one, the backend, for administrators alone', async () => {
  const own = handlers()
  await own.calls['rules.apply']({ rules: [], dryRun: true })
  expect(own.toThread).toEqual([['rules.apply', { rules: [], dryRun: true }]])
  expect(await own.calls['rules.management']({})).toBeNull()

  const sent: unknown[] = []
  const link = { reachable: true, since: 0 }
  const user = (role: string) =>
    ({
      session: { kind: 'signed-in', backendUrl: 'http://b', link, user: { username: 'ada', role } },
      call: (operation: { path: string }, input: object) => {
        sent.push([operation.path, input])
        return Promise.resolve({ ok: false, failure: { kind: 'unreachable', detail: 'It broke.' } })
      },
    }) as unknown as BackendSession
  await expect(handlers(user('viewer')).calls['rules.apply']({ rules: [] })).rejects.toMatchObject({
    code: 'forbidden',
  })
  const admin = handlers(user('admin'))
  await expect(admin.calls['rules.apply']({ rules: [] })).rejects.toMatchObject({ code: 'unavailable' })
  expect(await admin.calls['rules.management']({})).toBeNull()
  expect(sent).toMatchObject([
    ['/api/rules/apply', { body: { rules: [] } }],
    ['/api/rules/management', {}],
  ])
})
