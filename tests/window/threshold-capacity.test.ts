import { expect, test } from './fixtures.ts'

test('levels of network traffic are typed as percent of a declared capacity', async ({ open }) => {
  const page = await open('preview.html?session=admin#/thresholds')
  await page.getByRole('button', { name: 'New threshold' }).click()
  const editor = page.getByRole('form', { name: 'New threshold' })
  await editor.getByRole('button', { name: 'More options' }).click()
  await expect(editor.getByLabel('Capacity')).toBeHidden()
  await page.getByRole('combobox', { name: 'Metric:' }).click()
  await page.getByRole('option', { name: 'Network traffic' }).click()
  await editor.getByLabel('Capacity').fill('1000')
  await editor.getByRole('button', { name: /^Use 90/ }).click()
  await expect(editor.getByLabel('Warning')).toHaveValue('90%')
  await expect(editor.getByText('900\u202fMbps', { exact: true })).toBeVisible()
  await editor.getByLabel('Warning').fill('800')
  await expect(editor.getByText('80\u202f% of 1,000\u202fMbps')).toBeVisible()
})
