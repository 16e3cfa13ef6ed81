import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

/** The selected row, by the id that the focused container gives. */
async function expectActive(page: Page, role: 'listbox' | 'grid', name: string): Promise<void> {
  const list = page.getByRole(role)
  const id = await list.getAttribute('aria-activedescendant')
  const row = page.locator(`[id="${id ?? ''}"]`)
  await expect(row).toHaveAttribute('aria-selected', 'true')
  await expect(row).toContainText(name)
  // A row may begin at a fraction of a pixel.
  await expect(row).toBeInViewport({ ratio: 0.99 })
}

test.describe('list of 1000 rows', () => {
  test('only the rows in view exist, and each says its place', async ({ open }) => {
    const page = await open('gallery.html')
    await expect(page.getByRole('option').first()).toHaveAttribute('aria-setsize', '1000')
    expect(await page.getByRole('option').count()).toBeLessThan(40)
  })

  test('keys move the selection and keep it in view', async ({ open }) => {
    const page = await open('gallery.html')
    await page.getByRole('listbox', { name: 'Nodes' }).focus()
    await page.keyboard.press('ArrowDown')
    await expectActive(page, 'listbox', 'node-2')
    await page.keyboard.press('PageDown')
    await expectActive(page, 'listbox', 'node-12')
    await page.keyboard.press('End')
    await expectActive(page, 'listbox', 'node-1000')
    await page.keyboard.press('ArrowDown')
    await expectActive(page, 'listbox', 'node-1000')
    await page.keyboard.press('ArrowUp')
    await expectActive(page, 'listbox', 'node-999')
    await page.keyboard.press('Home')
    await expectActive(page, 'listbox', 'node-1')
    await page.keyboard.press('Enter')
    await expect(page.getByLabel('Result')).toHaveText('opened node-1')
  })

  test('a click selects, a double click opens', async ({ open }) => {
    const page = await open('gallery.html')
    await page.getByRole('option', { name: 'node-3' }).click()
    await expectActive(page, 'listbox', 'node-3')
    await page.getByRole('option', { name: 'node-4' }).dblclick()
    await expect(page.getByLabel('Result')).toHaveText('opened node-4')
  })

  test('new values leave the list where it was scrolled', async ({ open }) => {
    const page = await open('gallery.html')
    const list = page.getByRole('listbox', { name: 'Nodes' })
    await list.hover()
    await page.mouse.wheel(0, 3200)
    await expect(page.getByRole('option', { name: 'node-101 100' })).toBeInViewport()
    await page.getByRole('button', { name: 'New values' }).click()
    await expect(page.getByRole('option', { name: 'node-101 101' })).toBeInViewport()
  })
})

test.describe('table', () => {
  test('names its columns, and counts rows with the heads', async ({ open }) => {
    const page = await open('gallery.html')
    const table = page.getByRole('grid', { name: 'Servers' })
    await expect(table).toHaveAttribute('aria-rowcount', '1001')
    await expect(table.getByRole('columnheader')).toHaveText(['Name', 'Value'])
    await expect(table.getByRole('row').nth(1)).toHaveAttribute('aria-rowindex', '2')
    await expect(table.getByRole('row').nth(1).getByRole('gridcell')).toHaveText(['node-1', '0'])
  })

  test('the heads stay above the rows, and never hide the selected one', async ({ open }) => {
    const page = await open('gallery.html')
    const table = page.getByRole('grid', { name: 'Servers' })
    await table.focus()
    await page.keyboard.press('Home') // without a selection, every key selects the first row
    await page.keyboard.press('End')
    await expectActive(page, 'grid', 'node-1000')
    await expect(table.getByRole('columnheader', { name: 'Name' })).toBeInViewport({ ratio: 1 })
    for (let i = 0; i < 10; i++) await page.keyboard.press('ArrowUp')
    await expectActive(page, 'grid', 'node-990')
    const heads = await table.getByRole('row').first().boundingBox()
    const row = await table.getByRole('row', { selected: true }).boundingBox()
    expect(row?.y).toBeGreaterThanOrEqual((heads?.y ?? 0) + (heads?.height ?? 0))
  })

  test('a click selects one row', async ({ open }) => {
    const page = await open('gallery.html')
    await page.getByRole('row').filter({ hasText: 'node-2' }).click()
    await expectActive(page, 'grid', 'node-2')
    await expect(page.getByRole('row', { selected: true })).toHaveCount(1)
  })
})
