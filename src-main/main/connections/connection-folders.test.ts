import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { unsetConnection } from '#shared/settings/connection-in-use.ts'
import { ConnectionFolders } from './connection-folders.ts'

const stage = { ...unsetConnection, id: 'stage', name: 'Staging' }

function withCache(): { dataDir: string; folder: string; folders: ConnectionFolders } {
  const dataDir = mkdtempSync(join(tmpdir(), 'remo-folders-'))
  const folder = join(dataDir, 'connections', 'stage')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'remo.sqlite'), '')
  return { dataDir, folder, folders: new ConnectionFolders(dataDir) }
}

test('the folder of a removed connection goes with its cache', async () => {
  const { folder, folders } = withCache()
  expect(folders.existing()).toEqual(['stage'])
  await folders.remove(stage)
  expect(existsSync(folder)).toBe(false)
})

/** Chromium's lock is a link; on Windows it is an open file, which cannot be removed. */
const onUnix = test.skipIf(process.platform === 'win32')

onUnix('a cache that another window has open stays (not on Windows: another lock)', async () => {
  const { folder, folders } = withCache()
  symlinkSync(`laptop-${process.pid}`, join(folder, 'SingletonLock'))
  await expect(folders.remove(stage)).rejects.toMatchObject({
    code: 'conflict',
    message: 'Staging is open in another ReMo window. Close that window first.',
  })
  expect(existsSync(join(folder, 'remo.sqlite'))).toBe(true)
})

onUnix('the lock of a window that crashed counts no more (not on Windows: another lock)', async () => {
  const { folder, folders } = withCache()
  symlinkSync('laptop-4194305', join(folder, 'SingletonLock')) // above the largest process id
  await folders.remove(stage)
  expect(existsSync(folder)).toBe(false)
})
