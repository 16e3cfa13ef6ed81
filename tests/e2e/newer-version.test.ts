/** An older ReMo on the data of a newer one: it says so, and harms nothing. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheHashes, newerDataFolder, newerFormat } from '../support/newer-data.ts'
import { expect, test } from './fixtures.ts'

test('the cache of a newer version is refused in the window, and keeps every byte', async ({ launch }) => {
  const dataDir = newerDataFolder()
  const before = cacheHashes(dataDir)
  expect(Object.keys(before)).toEqual(['remo.sqlite', 'remo.sqlite-shm', 'remo.sqlite-wal'])
  const console = await launch({ dataDir })
  const window = await console.window()
  await expect(window.getByText(`A newer ReMo wrote the local cache (format ${newerFormat};`)).toBeVisible()
  await expect(window.getByText('Start the newer ReMo, or choose another folder with --data-dir.')).toBeVisible()
  // The data thread tries again and again.
  const log = () => readFileSync(join(dataDir, 'logs', 'remo.log'), 'utf8')
  await expect.poll(() => log().match(/restarting thread/g)?.length ?? 0).toBeGreaterThan(2)
  expect(cacheHashes(dataDir)).toEqual(before)
  await console.quit()
  expect(cacheHashes(dataDir)).toEqual(before)
})

test('files of state and settings of a newer version do not keep it from starting', async ({ launch, producer }) => {
  await producer.send({ nodeId: 'older', at: Date.now(), metrics: { cpu_usage: 42.1 } })
  const console = await launch()
  const { dataDir } = console
  await console.quit()
  const settings = JSON.stringify({ version: 2, later: { a: 1 }, appearance: { theme: 'dark' } })
  writeFileSync(join(dataDir, 'settings.json'), settings)
  writeFileSync(join(dataDir, 'window.json'), JSON.stringify({ bounds: { display: 'left' }, later: true }))
  writeFileSync(join(dataDir, 'session.json'), JSON.stringify({ user: { id: 7 }, later: true }))
  const again = await launch({ dataDir })
  const window = await again.window()
  await expect(window.getByRole('group', { name: 'older CPU' })).toContainText('42.1')
  await expect(window.getByText('a newer ReMo wrote this file (version 2; this ReMo supports 1)')).toBeVisible()
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'dark')
  await again.quit()
  expect(readFileSync(join(dataDir, 'settings.json'), 'utf8')).toBe(settings)
})
