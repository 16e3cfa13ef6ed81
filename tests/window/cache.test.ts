/** Settings, Data and About, by keyboard and mouse. */
import { expect, test } from './fixtures.ts'

test('Data says before it happens when the limit is reached, and what goes first', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/settings/data')
  const card = page.getByRole('region', { name: 'What the cache takes' })
  await expect(card).toContainText(/1\.5.GB of 2\.0.GB used/)
  await expect(card).toContainText(/are full on \d{4}-\d\d-\d\d\. From then on the oldest chunks go/)
  await expect(page.getByRole('img', { name: /^Samples stored of the last 14 days/ })).toBeVisible()
})

test('Compact says how much it gave back', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/settings/data')
  await page.getByRole('group', { name: 'Compact now' }).getByRole('button').focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText(/^Gave 61.MB back\.$/)).toBeVisible()
  await expect(page.getByText('There is nothing to give back now.')).toBeVisible()
})

test('Delete asks, and Enter pressed too soon keeps the cache', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/settings/data')
  await page.getByRole('button', { name: 'Delete…' }).click()
  const dialog = page.getByRole('alertdialog', { name: 'Delete the cache?' })
  await expect(dialog).toContainText('Thresholds and queued actions stay.')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(page.getByText(/1\.5.GB of/)).toBeVisible()
  await page.getByRole('button', { name: 'Delete…' }).click()
  await dialog.getByRole('button', { name: 'Delete the cache' }).click()
  await expect(page.getByText('The cache was deleted.')).toBeVisible()
  await expect(page.getByText('Nothing is stored yet.')).toBeVisible()
})

test('a bundle says where it was saved', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/settings/data')
  await page.getByRole('button', { name: 'Save…' }).click()
  await expect(page.getByText(/^Saved as .*\.zip\.$/)).toBeVisible()
})

test('About copies a text for a report, and lists libraries with their licenses', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/settings/about')
  await expect(page.getByRole('list', { name: 'Libraries and their licenses' })).toContainText('kafkajs')
  await page.getByRole('button', { name: 'Copy' }).click()
  await expect(page.getByText(/^Copied\./)).toBeVisible()
})

test('About shows the license text of a library, and finds one of hundreds', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/settings/about')
  await page.getByRole('button', { name: 'Show text of kafkajs 2.2.4' }).click()
  const small = page.getByRole('dialog', { name: 'kafkajs 2.2.4' })
  await expect(small).toContainText('Permission is hereby granted')
  await expect(small.getByRole('heading', { name: 'NOTICE' })).toBeVisible()
  await expect(small.getByRole('textbox')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(small).toBeHidden()
  const button = page.getByRole('button', { name: 'Show text of Chromium' })
  await button.focus()
  await page.keyboard.press('Enter')
  const large = page.getByRole('dialog', { name: 'Chromium 150.0.7871.46' })
  await expect(large).toContainText('262 of 262 texts')
  await large.getByRole('textbox', { name: 'Filter the licenses by name' }).fill('v8')
  await expect(large).toContainText('1 of 262 texts')
  await expect(large.getByRole('heading', { name: 'V8 JavaScript Engine' })).toBeVisible()
})
