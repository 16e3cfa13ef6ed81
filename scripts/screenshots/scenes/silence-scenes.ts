import type { PictureConsole } from '../picture-console.ts'

/** A silence from a row, a weekly window, and the page. */
export async function silenceScenes(console: PictureConsole): Promise<void> {
  const { page } = console
  await page.getByRole('link', { name: /^Alerts/ }).click()
  await page.getByRole('radio', { name: /^All/ }).click()
  const rows = page.getByRole('grid', { name: 'Alerts' }).getByRole('row')
  await rows.filter({ hasText: 'mail-1' }).click()
  await page.keyboard.press('s')
  const dialog = page.getByRole('dialog', { name: 'Silence' })
  await dialog.getByRole('textbox', { name: 'Why' }).fill('The newsletter goes out, load is expected.')
  await console.take('silence')
  await page.keyboard.press('Control+Enter')
  await dialog.waitFor({ state: 'detached' })

  await page.getByRole('link', { name: /^Silences/ }).click()
  await page.keyboard.press('n')
  await dialog.getByRole('textbox', { name: 'Alerts where all of these hold' }).fill('node=~"db-.*"')
  await dialog.getByRole('radio', { name: 'Weekly…' }).click()
  await dialog.getByRole('button', { name: 'Wed' }).click()
  await dialog.getByRole('textbox', { name: 'Why' }).fill('Patch night of the databases')
  await page.keyboard.press('Control+Enter')
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('status', { name: 'Silence' }).getByText('Patch').waitFor({ state: 'hidden' })
  await page.getByRole('grid', { name: 'Silences' }).getByText('newsletter').waitFor()
  await page
    .getByText(/^active until/)
    .first()
    .waitFor()
  await console.take('silences')
  // The pictures after this one show its alert again.
  await page.getByRole('button', { name: 'Expire' }).first().click()
  await page.getByRole('status', { name: 'Silence' }).getByText('Expired').waitFor()
  await page.getByRole('status', { name: 'Silence' }).getByText('Expired').waitFor({ state: 'hidden' })
}
