import type { PictureConsole } from '../picture-console.ts'

/** What has been: the alerts of the day with the details of one, and the report. */
export async function historyScenes(console: PictureConsole): Promise<void> {
  const { page } = console
  await page.getByRole('link', { name: /^Alerts/ }).click()
  await page.getByRole('radio', { name: 'History' }).click()
  const rows = page.getByRole('grid', { name: 'History' }).getByRole('row')
  await rows.filter({ hasText: 'CPU >' }).first().click()
  await page.getByRole('list', { name: 'Timeline' }).waitFor()
  await page
    .getByRole('region', { name: 'Alert details' })
    .getByRole('img', { name: /in this range/ })
    .waitFor()
  await console.take('history')

  await page.getByRole('radio', { name: 'Report' }).click()
  await page.getByRole('radio', { name: '24 h' }).click()
  await page.getByRole('grid', { name: 'Noisiest rules' }).getByRole('row').nth(1).waitFor()
  await console.take('report')
  await page.getByRole('radio', { name: /^Unacknowledged/ }).click()
}
