import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

const field = (page: Page) => page.getByRole('combobox', { name: 'Find a node, an alert or a command' })
const options = (page: Page) => page.getByRole('dialog').getByRole('option')

async function find(page: Page, text: string): Promise<void> {
  await page.getByRole('link', { name: 'Overview' }).waitFor()
  // One that closes still has the keys, after the address has changed.
  await expect(field(page)).toHaveCount(0)
  await page.keyboard.press('ControlOrMeta+k')
  await expect(field(page)).toBeFocused()
  await page.keyboard.type(text)
}

test('the name of a node opens it, one of 2,000, by the keyboard alone', async ({ open }) => {
  const page = await open('preview.html?nodes=2000#/overview')
  await find(page, 'node-1999')
  await expect(options(page)).toHaveCount(1)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/metrics\/node-1999$/)
  await find(page, 'node')
  await expect(page.getByRole('dialog').getByRole('status')).toContainText(/8 of 2.?000 nodes/)
})

test('words find an alert, and Enter opens it in the list', async ({ open }) => {
  const page = await open('preview.html?nodes=12&own#/overview')
  await find(page, 'reading lag')
  await expect(options(page)).toHaveCount(1)
  await expect(options(page).getByRole('img', { name: 'Critical' })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('region', { name: 'Alert details' })).toContainText('This console · Reading lag')
})

test('the arrow keys go through the results and around', async ({ open }) => {
  const page = await open('preview.html?nodes=12#/overview')
  await find(page, 'node-1')
  const marked = page.getByRole('dialog').getByRole('option', { selected: true })
  await expect(marked).toContainText('node-1')
  await page.keyboard.press('ArrowDown')
  await expect(marked).toContainText('node-10')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await expect(options(page).last()).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.type('zz')
  await expect(page.getByRole('dialog').getByRole('status')).toHaveText('No node, alert or command matches “node-1zz”.')
})
