/** Notifications that the operating system refused, in the window. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { pressSequence } from './key-sequence.ts'

const stack = (page: Page) => page.getByRole('region', { name: 'Notifications in this window' })
const toast = (page: Page, name: RegExp) => stack(page).getByRole('group', { name })
const titles = (page: Page) => stack(page).getByRole('group').locator('b').allTextContents()

test('three at most; critical ones stay and are read out at once', async ({ open }) => {
  const page = await open('preview.html?nodes=4&toasts=4&still#/overview')
  await expect(stack(page).getByRole('alert')).toHaveCount(3)
  await expect(stack(page)).toContainText('1 more')
  await toast(page, /is offline/)
    .getByRole('button', { name: 'Close' })
    .click()
  await expect(stack(page).getByRole('alert')).toHaveCount(2)
  await expect(stack(page).getByRole('status')).toContainText('Resolved: node-4')
})

test('keys reach the newest, press its buttons and close it', async ({ open }) => {
  const page = await open('preview.html?nodes=4&toasts=3&still#/overview')
  await expect(toast(page, /on 43 nodes/)).toBeVisible()
  await page.getByRole('link', { name: 'Overview' }).focus()
  await pressSequence(page, 'g n')
  await expect(toast(page, /on 43 nodes/).getByRole('button', { name: 'Acknowledge 43' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(toast(page, /on 43 nodes/)).toHaveCount(0)
  await expect(toast(page, /is offline/).getByRole('button', { name: 'Acknowledge' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect.poll(() => titles(page)).toEqual([expect.stringMatching(/^Resolved/)])
  await page.keyboard.press('Escape')
  await expect(stack(page).getByRole('group')).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'Overview' })).toBeFocused()
})

test('they cover neither the status bar nor each other in a narrow window', async ({ open }) => {
  const page = await open('preview.html?nodes=4&toasts=4&still#/alerts', { width: 900, height: 640 })
  await expect(stack(page).getByRole('group')).toHaveCount(3)
  // They get their height with the font.
  await expect(async () => {
    const boxes = await Promise.all((await stack(page).getByRole('group').all()).map((one) => one.boundingBox()))
    const status = await page.getByRole('contentinfo', { name: 'Status' }).boundingBox()
    const edges = [...boxes, status].flatMap((box) => (box ? [box.y, box.y + box.height] : []))
    expect(edges).toHaveLength(8)
    expect(edges).toEqual(edges.toSorted((one, other) => one - other))
  }).toPass()
})
