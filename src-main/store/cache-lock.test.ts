import { spawn } from 'node:child_process'
import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CacheInUseError, CacheLock } from './cache-lock.ts'

const aFolder = (): string => join(mkdtempSync(join(tmpdir(), 'remo-lock-')), 'connections', 'prod')

test('one cache is open once, and again after its release', () => {
  const dir = aFolder()
  const first = CacheLock.take(dir, 'Production')
  expect(() => CacheLock.take(dir, 'Production')).toThrow(
    new CacheInUseError('Production is open in another ReMo window.'),
  )
  first.release()
  CacheLock.take(dir, 'Production').release()
})

test('the folder is for its owner only', () => {
  const dir = aFolder()
  CacheLock.take(dir, 'Production').release()
  if (process.platform !== 'win32') expect(statSync(dir).mode & 0o777).toBe(0o700)
})

test('another process keeps it until it is killed', async () => {
  const dir = aFolder()
  const code = `
    import { CacheLock } from ${JSON.stringify(import.meta.resolve('./cache-lock.ts'))}
    CacheLock.take(${JSON.stringify(dir)}, 'Production')
    console.log('taken')
    setInterval(() => undefined, 1000)`
  const other = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise((resolve) => other.once('exit', resolve))
  try {
    await new Promise((resolve) => other.stdout.once('data', resolve))
    expect(() => CacheLock.take(dir, 'Production')).toThrow(CacheInUseError)
  } finally {
    other.kill('SIGKILL')
  }
  await exited
  CacheLock.take(dir, 'Production').release()
})
