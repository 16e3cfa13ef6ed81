/** Thresholds for a metric with tags: one value, or any. */
import { expect, test } from './fixtures.ts'

const thresholds = 'preview.html?series=telegraf&session=admin#/thresholds'

test('a metric with tags is chosen once, and each tag is any value or one', async ({ open }) => {
  const page = await open(thresholds)
  await page.getByRole('button', { name: 'New threshold' }).click()
  const form = page.getByRole('form', { name: 'New threshold' })
  await page.getByRole('combobox', { name: 'Applies to:' }).click()
  await page.getByRole('option', { name: 'All nodes' }).click()
  await form.getByRole('combobox', { name: /^Metric/ }).click()
  await page.keyboard.type('disk.used_p')
  await page.getByRole('option', { name: 'disk.used_percent, by path' }).click()
  await expect(form.getByRole('combobox', { name: 'path:' })).toContainText('Any path')
  await form.getByLabel('Warn above').fill('85')
  await form.getByRole('combobox', { name: 'path:' }).click()
  await page.getByRole('option', { name: '/var', exact: true }).click()
  await form.getByRole('combobox', { name: 'path:' }).click()
  await page.getByRole('option', { name: 'Any path' }).click()
  await page.getByRole('button', { name: 'Save threshold' }).click()
  const row = page.getByRole('row').filter({ hasText: 'disk.used_percent on any path' })
  await expect(row).toContainText('All nodes')
})
