import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

test.describe('dialog', () => {
  test('keeps the focus inside', async ({ open }) => {
    const page = await open('gallery.html')
    await button(page, 'Show details').click()
    const dialog = page.getByRole('dialog', { name: 'Details' })
    await expect(dialog).toHaveAccessibleDescription('Of this example.')
    for (const key of ['Tab', 'Tab', 'Tab', 'Shift+Tab', 'Shift+Tab']) {
      await page.keyboard.press(key)
      await expect(dialog.locator(':focus')).toHaveCount(1)
    }
  })

  test('Escape closes it and returns the focus', async ({ open }) => {
    const page = await open('gallery.html')
    await button(page, 'Show details').focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await expect(button(page, 'Show details')).toBeFocused()
  })

  test('closes by its button and by a click beside it', async ({ open }) => {
    const page = await open('gallery.html')
    await button(page, 'Show details').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await button(page, 'Show details').click()
    await page.getByRole('dialog').waitFor()
    await page.mouse.click(5, 5)
    await expect(page.getByRole('dialog')).toHaveCount(0)
  })
})

test.describe('question before a deletion', () => {
  test('begins on the harmless answer, and Escape deletes nothing', async ({ open }) => {
    const page = await open('gallery.html')
    await button(page, 'Delete…').click()
    const question = page.getByRole('alertdialog', { name: 'Delete this threshold?' })
    await expect(question).toHaveAccessibleDescription('Its open alerts resolve.')
    await expect(question.getByRole('button', { name: 'Keep it' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(question).toHaveCount(0)
    await expect(page.getByLabel('Result')).toHaveText('nothing yet')
    await expect(button(page, 'Delete…')).toBeFocused()
  })

  test('a click beside it answers nothing', async ({ open }) => {
    const page = await open('gallery.html')
    await button(page, 'Delete…').click()
    await page.getByRole('alertdialog').waitFor()
    await page.mouse.click(5, 5)
    await expect(page.getByRole('alertdialog')).toBeVisible()
    await button(page, 'Keep it').click()
    await expect(page.getByRole('alertdialog')).toHaveCount(0)
    await expect(page.getByLabel('Result')).toHaveText('nothing yet')
  })

  test('the action runs', async ({ open }) => {
    const page = await open('gallery.html')
    await button(page, 'Delete…').click()
    await button(page, 'Delete threshold').click()
    await expect(page.getByLabel('Result')).toHaveText('deleted')
  })
})

test.describe('form in a dialog', () => {
  test('begins in the first field, and says at the field what is missing', async ({ open }) => {
    const page = await open('gallery.html')
    await button(page, 'New user…').click()
    const name = page.getByLabel('Username')
    await expect(name).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(name).toHaveAccessibleDescription('Enter a name.')
    await expect(page.getByRole('dialog')).toBeVisible()
  })

  test('a refusal stays until the text changes; then Enter sends and the dialog closes', async ({ open }) => {
    const page = await open('gallery.html')
    await button(page, 'New user…').click()
    const name = page.getByLabel('Username')
    await name.fill('anna')
    await button(page, 'Add user').click()
    const refusal = page.getByRole('alert').filter({ hasText: 'A user named anna already exists.' })
    await expect(refusal).toBeVisible()
    await expect(name).toHaveValue('anna')
    await name.fill('ben')
    await expect(refusal).toHaveCount(0)
    await name.press('Enter')
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await expect(page.getByLabel('Result')).toHaveText('added ben')
  })

  test('forgets what was typed when it is canceled', async ({ open }) => {
    const page = await open('gallery.html')
    await button(page, 'New user…').click()
    await page.getByLabel('Username').fill('anna')
    await button(page, 'Cancel').click()
    await button(page, 'New user…').click()
    await expect(page.getByLabel('Username')).toHaveValue('')
  })
})
