import { expect, test } from './fixtures.ts'

test('a threshold says what it raised, and a changed one what it would have raised', async ({ open }) => {
  const page = await open('preview.html?session=admin#/thresholds')
  await page.getByRole('row', { name: /All nodes.*CPU usage/ }).click()
  const preview = page.getByRole('region', { name: 'Preview' })
  await expect(preview.getByText('Fired 6 times on 3 nodes')).toBeVisible()
  await expect(preview).toContainText('in the last 24\u202fh: 2 critical, 4 warning.')
  await expect(page.getByText('on save')).toBeHidden()
  await page.getByLabel('Warning').fill('80')
  await expect(preview.getByText('Would have fired 6 times on 3 nodes')).toBeVisible()
  await expect(preview).toContainText('As it is now: 4 times on 2 nodes.')
  await expect(preview).not.toContainText('Trying')
  await expect(page.getByText('node-11 fires on save: CPU 91.2\u202f%.')).toBeVisible()
})
