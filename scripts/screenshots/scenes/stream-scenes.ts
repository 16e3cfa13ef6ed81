import type { Fleet } from '../fleet.ts'
import type { PictureConsole } from '../picture-console.ts'

const roundMs = 2_000

/** The search for metrics, and the sources with those of Telegraf. */
export async function streamScenes(console: PictureConsole, fleet: Fleet): Promise<void> {
  const { page } = console
  await fleet.sendOthers()
  const timer = setInterval(() => void fleet.sendOthers(), roundMs)
  try {
    await page.getByRole('link', { name: 'Stream' }).click()
    await page.keyboard.press('f')
    const find = page.getByRole('dialog', { name: 'Find metrics' })
    await find.getByRole('row').filter({ hasText: 'Telegraf lines' }).waitFor()
    await console.take('find-metrics')
    await page.keyboard.press('Control+Enter')
    await find.waitFor({ state: 'detached' })
    // The page is loaded anew with the connection.
    const telegraf = page.getByRole('grid', { name: 'Sources' }).getByRole('row', { name: /^telegraf/ })
    await telegraf.filter({ hasText: '4 hosts' }).click()
    await page.getByRole('region', { name: 'telegraf' }).getByText('is read as').waitFor()
    await console.take('stream')
    await page.getByRole('radio', { name: /^Partitions/ }).click()
    await page.getByRole('grid', { name: 'Partitions' }).getByRole('row').nth(3).waitFor()
    await console.take('stream-partitions')
  } finally {
    clearInterval(timer)
  }
}
