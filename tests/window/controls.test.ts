import type { Locator } from '@playwright/test'
import { expect, test } from './fixtures.ts'

/** Replaces the text key by key. */
async function type(input: Locator, text: string): Promise<void> {
  await input.press('ControlOrMeta+a')
  await input.pressSequentially(text)
}

test.describe('combobox', () => {
  test('typing narrows the list, and Enter chooses', async ({ open }) => {
    const page = await open('gallery.html')
    const node = page.getByRole('combobox', { name: 'Node', exact: true })
    await type(node, 'node-19')
    const found = page.getByRole('option', { name: /^node-\d+$/ })
    await expect(found).toHaveCount(11)
    await page.keyboard.press('Enter')
    await expect(page.getByText('Chosen: node-19,')).toBeVisible()
    await expect(found).toHaveCount(0)
    // What is typed next begins anew, without a new focus.
    await page.keyboard.type('node-42')
    await page.keyboard.press('Enter')
    await expect(page.getByText('Chosen: node-42,')).toBeVisible()
  })

  test('a click chooses, and an unknown name says so', async ({ open }) => {
    const page = await open('gallery.html')
    const node = page.getByRole('combobox', { name: 'Node', exact: true })
    await type(node, 'nowhere')
    await expect(page.getByText('No node is called that.')).toBeVisible()
    await type(node, 'node-42')
    await page.getByRole('option', { name: 'node-42' }).click()
    await expect(page.getByText('Chosen: node-42,')).toBeVisible()
    await expect(node).toHaveValue('node-42')
  })
})

test.describe('select', () => {
  test('opens by mouse and shows the choice in its name', async ({ open }) => {
    const page = await open('gallery.html')
    await page.getByRole('combobox', { name: 'Metric: CPU usage' }).click()
    await expect(page.getByRole('option', { name: 'CPU usage' })).toHaveAttribute('aria-selected', 'true')
    await page.getByRole('option', { name: 'Disk I/O' }).click()
    await expect(page.getByRole('combobox', { name: 'Metric: Disk I/O' })).toBeVisible()
  })

  test('arrows and Enter choose; Escape keeps the choice', async ({ open }) => {
    const page = await open('gallery.html')
    await page.getByRole('combobox', { name: /^Metric/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('listbox', { name: 'Metric' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect(page.getByText('Chosen: node-1, memory,')).toBeVisible()
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('listbox', { name: 'Metric' })).toHaveCount(0)
    await expect(page.getByText('Chosen: node-1, memory,')).toBeVisible()
  })
})

test.describe('menu', () => {
  test('runs the command that is clicked', async ({ open }) => {
    const page = await open('gallery.html')
    await page.getByRole('button', { name: 'anna, admin' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page.getByLabel('Result')).toHaveText('sign out')
    await expect(page.getByRole('menu')).toHaveCount(0)
  })

  test('arrows move, Enter runs, Escape returns the focus', async ({ open }) => {
    const page = await open('gallery.html')
    const trigger = page.getByRole('button', { name: 'anna, admin' })
    await trigger.focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('menuitem', { name: 'Change password…' })).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(trigger).toBeFocused()
    await expect(page.getByLabel('Result')).toHaveText('nothing yet')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('menuitem', { name: 'Change password…' })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByLabel('Result')).toHaveText('change password')
  })
})

test('a segmented control is one tab stop: arrows move, and a click on the choice keeps it', async ({ open }) => {
  const page = await open('gallery.html')
  const segment = (name: string) => page.getByRole('group', { name: 'Range' }).getByRole('radio', { name, exact: true })
  await segment('1 h').click()
  await expect(page.getByText('Chosen: node-1, cpu, 1h')).toBeVisible()
  await segment('1 h').click()
  await expect(segment('1 h')).toBeChecked()
  for (const key of ['Enter', 'Space']) {
    await page.keyboard.press(key)
    await expect(segment('1 h')).toBeChecked()
  }
  await page.keyboard.press('ArrowRight')
  await expect(segment('24 h')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByText('Chosen: node-1, cpu, 24h')).toBeVisible()
  await expect(segment('1 h')).not.toBeChecked()
})

test('a field shows its hint, then its problem, and names both to screen readers', async ({ open }) => {
  const page = await open('gallery.html')
  const field = page.getByLabel('Warning')
  await expect(field).toHaveAccessibleDescription('Empty for none.')
  await expect(field).not.toHaveAttribute('aria-invalid', 'true')
  await field.fill('x')
  await expect(page.getByRole('alert').filter({ hasText: 'Enter a number above 0.' })).toBeVisible()
  await expect(field).toHaveAccessibleDescription('Enter a number above 0.')
  await expect(field).toHaveAttribute('aria-invalid', 'true')
  await field.fill('85')
  await expect(field).toHaveAccessibleDescription('Empty for none.')
})

test('a password is hidden until its button shows it, by mouse and by keyboard', async ({ open }) => {
  const page = await open('gallery.html')
  const password = page.getByLabel('Password', { exact: true })
  await password.fill('secret')
  await expect(password).toHaveAttribute('type', 'password')
  await page.getByRole('button', { name: 'Show password' }).click()
  await expect(password).toHaveAttribute('type', 'text')
  await expect(page.getByRole('button', { name: 'Show password' })).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('Space')
  await expect(password).toHaveAttribute('type', 'password')
  await expect(password).toHaveValue('secret')
})

test('a banner has its text and its action', async ({ open }) => {
  const page = await open('gallery.html')
  const banner = page.getByRole('status').filter({ hasText: 'Backend unreachable since 12:02.' })
  await banner.getByRole('button', { name: 'Retry now' }).click()
  await expect(page.getByLabel('Result')).toHaveText('retried')
  await expect(page.getByRole('alert').filter({ hasText: 'Monitoring is blind.' })).toBeVisible()
})

test('a button shows its key but does not read it out, and a disabled one does nothing', async ({ open }) => {
  const page = await open('gallery.html')
  const button = page.getByRole('button', { name: 'Acknowledge', exact: true })
  await expect(button).toContainText('a')
  await button.press('Enter')
  await expect(page.getByLabel('Result')).toHaveText('acknowledged')
  await expect(page.getByRole('button', { name: 'Disabled' })).toBeDisabled()
})
