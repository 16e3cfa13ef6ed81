import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { logTo } from '../../../threads/thread-log.ts'
import { SessionStateFile } from './session-state-file.ts'

const dir = mkdtempSync(join(tmpdir(), 'remo-session-'))
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('a file of the next version is read with its key and written with the key of 0.1.0', async () => {
  const path = join(dir, 'session.json')
  const signOut = { backendUrl: 'http://one', until: 5 }
  writeFileSync(path, JSON.stringify({ backendUrl: 'http://two', pendingSignOut: signOut, theme: 'dark' }))
  const log = logTo(() => undefined)
  const stateFile = new SessionStateFile(path, log)
  expect(stateFile.value).toEqual({ backendUrl: 'http://two', pendingSignOut: signOut })
  stateFile.update({ ended: 'signed-out' })
  await stateFile.flush()
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
    backendUrl: 'http://two',
    ended: 'signed-out',
    untold: signOut,
  })
  expect(new SessionStateFile(path, log).value.pendingSignOut).toEqual(signOut)
})
