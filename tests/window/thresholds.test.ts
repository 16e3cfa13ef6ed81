import { expect, test } from './fixtures.ts'

test('an override stands under its general threshold, and each of its fields says where it comes from', async ({
  open,
}) => {
  const page = await open('preview.html?nodes=30&session=admin#/thresholds')
  const rows = page.getByRole('row')
  await expect(rows.nth(1)).toContainText('All nodes')
  await expect(rows.nth(2)).toContainText('node-1[0-9]')
  await expect(rows.nth(2)).toContainText('10 nodes')
  await rows.nth(2).click()
  const editor = page.getByRole('form', { name: 'CPU usage, node-1[0-9]' })
  await expect(editor.getByText('Matches 10 nodes: node-10, node-11, …')).toBeVisible()
  await expect(editor.getByText('as All nodes')).toHaveCount(2)
  await expect(editor.getByText('1\u202fm, from All nodes')).toBeVisible()
  await editor.getByRole('button', { name: 'instead of 85' }).click()
  await expect(editor.getByLabel('Warning')).toHaveValue('85')
  await page.getByRole('button', { name: 'Discard' }).click()
  await rows.nth(2).click()
  await page.getByRole('button', { name: 'Reset to All nodes' }).click()
  await expect(page.getByText('CPU usage, node-1[0-9] is deleted.')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('form', { name: 'CPU usage, node-1[0-9]' })).toBeVisible()
})

test('a pattern that does not parse says where, and one that matches shows its nodes while it is typed', async ({
  open,
}) => {
  const page = await open('preview.html?nodes=30&session=admin#/thresholds')
  await page.getByRole('button', { name: 'New threshold' }).click()
  await page.getByRole('combobox', { name: 'Applies to:' }).click()
  await page.getByRole('option', { name: 'A pattern' }).click()
  const field = page.getByLabel('Node ids like')
  await field.fill('node-2.')
  await expect(page.getByText('Matches 10 nodes: node-20, node-21, …')).toBeVisible()
  await field.fill('node-(')
  await field.blur()
  await expect(page.getByText('Missing closing ): node-(')).toBeVisible()
})

test('thresholds are listed by their metric, by what they apply to, or by name', async ({ open }) => {
  const page = await open('preview.html?nodes=30&session=admin#/thresholds')
  await page.getByRole('radio', { name: 'By node' }).click()
  await expect(page.getByRole('row').nth(1)).toContainText('node-1')
  await page.getByRole('radio', { name: 'By metric' }).click()
  await expect(page.getByRole('row').nth(1)).toContainText('CPU usage')
  await expect(page.getByRole('row').nth(2)).toContainText('override')
})

test('a file is compared before it is applied, and says how many thresholds it changes', async ({ open }) => {
  const page = await open('preview.html?nodes=30&session=admin#/thresholds')
  await page.getByRole('button', { name: 'Import' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import production.yaml' })
  await expect(dialog).toContainText('1 changed, 1 removed. All of it is applied, or nothing.')
  await expect(dialog.getByRole('list', { name: 'Changes' })).toContainText('warning 85\u202f% → 80\u202f%')
  await dialog.getByRole('button', { name: 'Apply 2 changes' }).click()
  await expect(page.getByText('production.yaml is applied.')).toBeVisible()
})

test('a file with a problem says where, and nothing can be applied', async ({ open }) => {
  const page = await open('preview.html?nodes=30&session=admin&rules=broken#/thresholds')
  await page.getByRole('button', { name: 'Import' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('14:5 Unknown field critcal. Did you mean critical?')
  await expect(dialog.getByRole('button', { name: /Apply/ })).toHaveCount(0)
})

test('thresholds that a file manages are read-only, with the file, its version and who applied it', async ({
  open,
}) => {
  const page = await open('preview.html?nodes=30&session=admin&rules=managed#/thresholds')
  await expect(page.getByText('rules/production.yaml at 4f2c9e1, applied 2\u202fh ago by ci-deploy.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Copy as YAML' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'New threshold' })).toHaveCount(0)
  await page.getByRole('row').nth(1).click()
  await expect(page.getByText('This threshold comes from rules/production.yaml.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Save threshold' })).toHaveCount(0)
})

test('the audit says who changed what, before and after', async ({ open }) => {
  const page = await open('preview.html?nodes=12&session=admin#/audit')
  await expect(page.getByRole('row').nth(2)).toContainText('warning 90\u202f% → 85\u202f%')
  await page.getByRole('row').nth(3).click()
  await expect(page.getByRole('list', { name: 'Before and after' })).toHaveText('role viewer → operator')
})
