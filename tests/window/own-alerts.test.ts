import type { Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { expect, test } from './fixtures.ts'

/** Alerts of the console about itself, beside those of nodes. */
const alerts = 'preview.html?nodes=12&own#/alerts'

const table = (page: Page) => page.getByRole('grid', { name: 'Alerts' })
const row = (page: Page, text: string) => table(page).getByRole('row').filter({ hasText: text })
const details = (page: Page) => page.getByRole('region', { name: 'Alert details' })
const plain = (text: string | null): string => (text ?? '').replaceAll(/[\u00a0\u202f]/g, ' ')

test('they say "This console" in the place of the node, worst first, with words and shapes of their own', async ({
  open,
}) => {
  const page = await open(alerts)
  await expect(row(page, 'This console')).toHaveCount(3)
  await expect(row(page, 'Reading lag')).toContainText('This console')
  await expect(row(page, 'Backend unreachable').getByRole('img', { name: 'Info' })).toBeVisible()
  const texts = (await table(page).getByRole('row').allTextContents()).map(plain)
  const place = (text: string): number => texts.findIndex((one) => one.includes(text))
  expect(place('Reading lag')).toBeLessThan(place('Rejected records'))
  expect(place('Rejected records')).toBeLessThan(place('Backend unreachable'))
  await expectAccessible(page)
})

test('the severity for information is a filter', async ({ open }) => {
  const page = await open(alerts)
  await page.getByRole('radio', { name: /^Info/ }).click()
  await expect(row(page, 'This console')).toHaveCount(1)
  await expect(row(page, 'Backend unreachable')).toBeVisible()
})

test('the details say where, and why there is no chart; Enter opens no node', async ({ open }) => {
  const page = await open(alerts)
  await row(page, 'Reading lag').click()
  await expect(details(page)).toContainText('This console · Reading lag')
  await expect(details(page)).toContainText('metrics-web, partition 3')
  await expect(details(page)).toContainText('there is no chart')
  await expect(details(page)).toContainText('Settings of this console')
  await expect(details(page).getByRole('list', { name: 'Timeline' })).toContainText('Firing, critical at')
  await table(page).press('Enter')
  await expect(page).toHaveURL(/#\/alerts/)
})

test('a silence of one names its kind', async ({ open }) => {
  const page = await open(alerts)
  await row(page, 'Reading lag').click()
  await page.getByRole('button', { name: 'Silence' }).first().click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('This console · Reading lag')
  await expect(dialog.getByRole('button', { name: 'Edit kind = lag' })).toBeVisible()
  await expect(dialog.getByRole('list', { name: 'Matching alerts' }).getByRole('listitem')).toHaveCount(1)
})

test('a viewer acknowledges and silences one, and nothing of a node', async ({ open }) => {
  const page = await open('preview.html?nodes=12&own&session=viewer#/alerts')
  await row(page, 'Reading lag').click()
  await page.keyboard.press('s')
  const dialog = page.getByRole('dialog', { name: 'Silence' })
  await expect(dialog).toContainText('Holds on this console only.')
  await expect(dialog).not.toContainText('Your team sees it')
  await page.keyboard.press('Escape')
  await details(page).getByRole('button', { name: 'Acknowledge until resolved' }).click()
  await expect(row(page, 'Reading lag')).toHaveCount(0)
  await row(page, 'node-9').click()
  await expect(details(page)).toContainText('cannot acknowledge alerts')
  await expect(page.getByRole('button', { name: 'Silence' })).toHaveCount(0)
})
