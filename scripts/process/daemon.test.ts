import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { identityOf, isRunning } from '../bootstrap/process-identity.mjs'
import { findDaemon, hasSignal, killDaemon, startDaemon, stopDaemon } from './daemon.ts'

const sleeper = (dir: string) =>
  startDaemon({ name: 'sleeper', dir, command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] })
const folder = () => mkdtempSync(join(tmpdir(), 'remo-daemon-'))

describe('daemon', () => {
  test('a started process is found through its record, and no longer after a stop', async () => {
    const dir = folder()
    const { pid, started } = await sleeper(dir)
    expect(findDaemon(dir, 'sleeper')).toEqual({ pid, started })
    await stopDaemon({ pid, started }, 5_000)
    expect(isRunning({ pid, started })).toBe(false)
    expect(findDaemon(dir, 'sleeper')).toBeUndefined()
  })

  test('a process that reuses a recorded id is neither found nor signaled', async () => {
    const dir = folder()
    writeFileSync(join(dir, 'sleeper.process'), JSON.stringify({ ...identityOf(process.pid), started: 'earlier' }))
    expect(findDaemon(dir, 'sleeper')).toBeUndefined()
    await killDaemon({ pid: process.pid, started: 'earlier' })
  })

  test('a program that cannot start is an error', async () => {
    await expect(startDaemon({ name: 'none', dir: folder(), command: '/no/such/program', args: [] })).rejects.toThrow(
      'ENOENT',
    )
  })
})

test('Windows cannot freeze a process, so nothing is sent to thaw it', () => {
  const names = ['SIGCONT', 'SIGSTOP', 'SIGTERM', 'SIGKILL'] as const
  expect(names.map((name) => hasSignal(name, 'win32'))).toEqual([false, false, true, true])
  expect(names.every((name) => hasSignal(name, 'darwin'))).toBe(true)
})
