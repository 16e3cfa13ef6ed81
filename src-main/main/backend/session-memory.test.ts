import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { logTo } from '../../threads/log.ts'
import { SessionMemory } from './session-memory.ts'

const dir = mkdtempSync(join(tmpdir(), 'remo-session-'))
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('a file of the next version is read in its spelling, and written in the one of 0.1.0', async () => {
  const path = join(dir, 'session.json')
  const signOut = { backendUrl: 'http://one', until: 5 }
  writeFileSync(path, JSON.stringify({ backendUrl: 'http://two', pendingSignOut: signOut, theme: 'dark' }))
  const memory = new SessionMemory(
    path,
    logTo(() => undefined),
  )
  expect(memory.value).toEqual({ backendUrl: 'http://two', untold: signOut })
  memory.change({ ended: 'signed-out' })
  await memory.saved()
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ ...memory.value, untold: signOut })
})
