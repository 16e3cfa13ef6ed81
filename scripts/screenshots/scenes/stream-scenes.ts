import type { Fleet } from '../fleet.ts'
import type { PictureConsole } from '../picture-console.ts'

const roundMs = 2_000

/** The search for metrics, a mapping, the sources with those of Telegraf, and the many series of one of its hosts. */
export async function streamScenes(console: PictureConsole, fleet: Fleet): Promise<void> {
  const { page } = console
  await fleet.sendOthersBefore()
  await fleet.sendOthers()
  const timer = setInterval(() => void fleet.sendOthers(), roundMs)
  try {
    await page.getByRole('link', { name: 'Stream' }).click()
    await page.keyboard.press('f')
    const find = page.getByRole('dialog', { name: 'Find metrics' })
    await find.getByRole('row').filter({ hasText: 'Telegraf lines' }).waitFor()
    await console.take('find-metrics')
    await mappingScene(console)
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
    await manySeriesScene(console)
  } finally {
    clearInterval(timer)
  }
}

/** From the search to the mapping of a press, and back. */
async function mappingScene(console: PictureConsole): Promise<void> {
  const { page } = console
  const find = page.getByRole('dialog', { name: 'Find metrics' })
  await find.getByRole('row').filter({ hasText: 'press-line' }).getByRole('button', { name: 'Map fields…' }).click()
  await page.getByRole('textbox', { name: 'Prefix' }).fill('press.')
  await page.getByRole('textbox', { name: 'Values' }).focus()
  await page.getByText('5 of 5 records read').waitFor()
  await console.take('map-fields')
  await page.keyboard.press('Escape')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard changes' }).click()
  await page.keyboard.press('f')
  await find.getByRole('row').filter({ hasText: 'Telegraf lines' }).waitFor()
}

async function manySeriesScene(console: PictureConsole): Promise<void> {
  const { page } = console
  await page.getByRole('link', { name: 'Metrics' }).click()
  const nodes = page.getByRole('searchbox', { name: 'Filter nodes' })
  await nodes.fill('shop-1')
  await nodes.press('Enter')
  const series = page.getByRole('grid', { name: 'Series' })
  for (const name of ['load1', 'usage_iowait']) {
    await series.getByRole('row').filter({ hasText: name }).first().click()
    await page.keyboard.press('p')
  }
  await page.getByRole('searchbox', { name: 'Filter series' }).fill('use')
  await series.getByRole('row').filter({ hasText: 'usage_user' }).click()
  await page.getByRole('img', { name: /usage_user.* in this range/ }).waitFor()
  await console.take('metrics-many')
}
