import type { Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { expect, test } from './fixtures.ts'

const alerts = 'preview.html?nodes=12&still#/alerts'

const table = (page: Page) => page.getByRole('grid', { name: 'Alerts' })
const selected = (page: Page) => table(page).getByRole('row', { selected: true })
const toast = (page: Page) => page.getByRole('status', { name: 'Acknowledgement' })
/** Its text has the number of unacknowledged alerts. */
const link = (page: Page) => page.getByRole('link', { name: /unacknowledged alerts$/ })
const comment = (page: Page) => page.getByRole('textbox', { name: 'Comment' })

/** Its key counts as soon as the page knows what its user may do. */
async function acknowledge(page: Page): Promise<void> {
  await expect(page.getByRole('button', { name: 'Acknowledge', exact: true })).toBeEnabled()
  await page.keyboard.press('a')
}

test('an acknowledgement moves on to the next row, gives the focus to the list, and can be undone', async ({
  open,
}) => {
  const page = await open(alerts)
  const first = (await selected(page).textContent()) ?? ''
  const node = /node-\d+/.exec(first)?.[0] ?? ''
  await acknowledge(page)
  await expect(toast(page)).toContainText(`Acknowledged ${node}`)
  await expect(table(page)).toBeFocused()
  await expect(table(page)).not.toContainText(`${node} `)
  await expect(selected(page)).toHaveCount(1)
  await expect(selected(page)).not.toContainText(node)
  await page.keyboard.press('u')
  await expect(selected(page)).toContainText(node)
  await expect(toast(page)).toBeEmpty()
})

/** Presses Enter once for each time, in seconds. They count as pressed then, however slow this computer is. */
async function pressEnter(page: Page, times: readonly number[]): Promise<void> {
  const input = await page.context().newCDPSession(page)
  const key = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' } as const
  for (const timestamp of times) {
    await input.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key, timestamp })
    await input.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key, timestamp })
  }
  await input.detach()
}

test('Enter twice in the comment acknowledges one alert and opens nothing; a later one opens', async ({ open }) => {
  const page = await open(alerts)
  await expect(link(page)).toContainText('5')
  const now = Date.now() / 1000
  await comment(page).fill('on it')
  await pressEnter(page, [now])
  await expect(table(page)).toBeFocused()
  await pressEnter(page, [now + 0.3, now + 0.8])
  await expect(link(page)).toContainText('4')
  await expect(table(page)).toBeFocused()
  await expect(page).toHaveURL(/#\/alerts$/)
  await pressEnter(page, [now + 2])
  await expect(page).toHaveURL(/#\/metrics\//)
})

test('Enter twice on the button acknowledges one alert and opens nothing', async ({ open }) => {
  const page = await open(alerts)
  await expect(link(page)).toContainText('5')
  const now = Date.now() / 1000
  await page.getByRole('button', { name: 'Acknowledge', exact: true }).focus()
  await pressEnter(page, [now])
  await expect(table(page)).toBeFocused()
  await pressEnter(page, [now + 0.3])
  await expect(link(page)).toContainText('4')
  await expect(page).toHaveURL(/#\/alerts$/)
})

test('the key acknowledges nothing that is not selected in the list on the screen', async ({ open }) => {
  const page = await open(alerts)
  await page.getByRole('radio', { name: /^Acknowledged/ }).click()
  await expect(page.getByRole('radio', { name: /^Acknowledged/ })).toBeChecked()
  await expect(selected(page)).toHaveCount(1)
  await page.keyboard.press('a')
  await expect(link(page)).toContainText('5')
  await page.keyboard.press('u')
  await expect(link(page)).toContainText('6')
})

test('what is pending is listed with its countdown and cannot be acknowledged', async ({ open }) => {
  const page = await open(alerts)
  const row = table(page).getByRole('row', { name: /node-4/ })
  await expect(row.getByRole('img', { name: 'Pending critical' })).toBeVisible()
  await expect(row).toContainText(/fires (in|with)/)
  await row.click()
  await expect(page.getByRole('region', { name: 'Alert details' })).toContainText(/Over 95\s%\sfor .*, fires /)
  await expect(page.getByRole('button', { name: 'Acknowledge', exact: true })).toBeDisabled()
  await page.keyboard.press('a')
  await expect(link(page)).toContainText('5')
})

test.describe('accessible', () => {
  test('a pending alert', async ({ open }) => {
    const page = await open(alerts)
    await table(page)
      .getByRole('row', { name: /node-4/ })
      .click()
    await expectAccessible(page)
  })

  test('the way back after an acknowledgement', async ({ open }) => {
    const page = await open(alerts)
    await selected(page).click()
    await acknowledge(page)
    await expect(toast(page)).not.toBeEmpty()
    await expectAccessible(page)
  })

  test('an acknowledged alert that can be taken back', async ({ open }) => {
    const page = await open(alerts)
    await page.getByRole('radio', { name: /^Acknowledged/ }).click()
    await expect(page.getByRole('button', { name: 'Undo acknowledgement' })).toBeVisible()
    await expectAccessible(page)
  })
})
