import type { Locator, Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { expect, test } from './fixtures.ts'

const row = (page: Page, name: string | RegExp): Locator => page.getByRole('group', { name })
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true })
const status = (page: Page): Locator => page.getByRole('contentinfo')

test.describe('accessible in both themes', () => {
  const states = [
    'none',
    'source',
    'refused',
    'idle',
    'failed',
    'available',
    'downloading',
    'ready',
    'image',
    'command',
  ]
  for (const updates of states) {
    test(`Settings, updates: ${updates}`, async ({ open }) => {
      const page = await open(`preview.html?nodes=1&updates=${updates}#/settings/updates`)
      await row(page, /^Version 0\.2\.0/).waitFor()
      await expectAccessible(page)
    })
  }

  test('what is new in this version', async ({ open }) => {
    const page = await open('preview.html?nodes=4&updates=news#/overview', { width: 900, height: 420 })
    await button(page, 'What is new').click()
    await page.getByRole('dialog', { name: 'What is new in 0.2.0' }).waitFor()
    await expectAccessible(page)
  })
})

test('without a feed the section says that nobody is asked, and there is nothing to press', async ({ open }) => {
  const page = await open('preview.html?nodes=1#/settings/updates')
  await expect(row(page, /^Version/)).toContainText('No feed is set, so ReMo asks nobody.')
  await expect(button(page, 'Check now')).toHaveCount(0)
  await expect(row(page, 'Check by itself').getByRole('switch')).not.toBeChecked()
  await expect(status(page)).not.toContainText('available')
})

test('a ReMo from its source has no feed to set', async ({ open }) => {
  const page = await open('preview.html?nodes=1&updates=source#/settings/updates')
  await expect(row(page, /^Version/)).toContainText('This ReMo runs from its source; update it with git.')
  await expect(row(page, 'Address')).toHaveCount(0)
  await expect(button(page, 'Check now')).toHaveCount(0)
})

test('http and a wrong key are refused with a sentence, and stay to be mended', async ({ open }) => {
  const page = await open('preview.html?nodes=1#/settings/updates')
  const address = page.getByRole('textbox', { name: 'Address' })
  await address.fill('http://updates.example.org/remo')
  await address.press('Enter')
  await expect(row(page, 'Address').getByRole('alert')).toContainText('http is not accepted')
  await expect(address).toHaveValue('http://updates.example.org/remo')
  await address.fill('https://updates.example.org/remo')
  await address.press('Enter')
  await expect(row(page, 'Address').getByRole('alert')).toHaveCount(0)
  await expect(row(page, 'Address').getByText('Settings file')).toBeVisible()
  const key = page.getByRole('textbox', { name: 'Public key' })
  await key.fill('secret')
  await key.press('Tab')
  await expect(row(page, 'Public key').getByRole('alert')).toContainText('expected an Ed25519 public key')
})

test('from the check to the restart, with what is new beside it', async ({ open }) => {
  const page = await open('preview.html?nodes=1&updates=idle#/settings/updates')
  await expect(row(page, /^Version/)).toContainText('Not checked yet.')
  await button(page, 'Check now').click()
  await expect(row(page, /^Version/)).toContainText('Version 0.2.1 is available, 118 MB.')
  const news = page.getByRole('region', { name: 'What is new in 0.2.1' })
  await expect(news.getByRole('heading', { name: 'Fixed' })).toBeVisible()
  await expect(news.getByRole('listitem')).toHaveCount(2)
  await expect(news.getByRole('link')).toHaveCount(0)
  await expect(status(page).getByRole('link', { name: /0\.2\.1 available$/ })).toBeVisible()
  await button(page, 'Download').click()
  await expect(page.getByRole('progressbar', { name: 'Downloaded' })).toBeVisible()
  await button(page, 'Cancel').click()
  await expect(button(page, 'Download')).toBeVisible()
})

test('while an alert fires, the button waits and says why', async ({ open }) => {
  const page = await open('preview.html?nodes=12&updates=ready#/settings/updates')
  await expect(button(page, 'Install and restart')).toBeDisabled()
  await expect(row(page, /^Version/)).toContainText(/alerts fire\. ReMo installs no update while an alert fires/)
})

test('without an alert the update is installed, or chosen for the next quit', async ({ open }) => {
  const page = await open('preview.html?nodes=1&updates=image#/settings/updates')
  const onQuit = page.getByRole('switch', { name: 'Install when I quit' })
  await onQuit.click()
  await expect(onQuit).toBeChecked()
  await button(page, 'Install and restart').click()
  await expect(button(page, 'Restart ReMo')).toBeVisible()
})

test('what ReMo cannot install has a command to copy', async ({ open }) => {
  const page = await open('preview.html?nodes=1&updates=command&still#/settings/updates')
  await expect(page.getByText(/^sudo apt install \/home\/anna/)).toBeVisible()
  await expect(button(page, 'Install and restart')).toHaveCount(0)
  await button(page, 'Copy').click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
})

test('a failed check has its reason and time', async ({ open }) => {
  const page = await open('preview.html?nodes=1&updates=failed#/settings/updates')
  await expect(row(page, /^Version/).getByRole('alert')).toHaveText(
    /\d\d:\d\d:\d\d: The feed has no latest-linux\.yml\./,
  )
  await button(page, 'Check now').click()
  await expect(row(page, /^Version/).getByRole('alert')).toHaveCount(0)
})

test('the notice after an upgrade leads to the notes, and is gone then', async ({ open }) => {
  const page = await open('preview.html?nodes=1&updates=news#/overview')
  await expect(page.getByText('This is ReMo 0.2.0 now.')).toBeVisible()
  await button(page, 'What is new').click()
  await expect(page.getByRole('dialog', { name: 'What is new in 0.2.0' })).toContainText('guide at the first start')
  await page.keyboard.press('Escape')
  await expect(page.getByText('This is ReMo 0.2.0 now.')).toHaveCount(0)
  await page.goto(page.url().replace('#/overview', '#/settings/about'))
  await button(page, 'What is new').click()
  await expect(page.getByRole('dialog', { name: 'What is new in 0.2.0' })).toBeVisible()
})
