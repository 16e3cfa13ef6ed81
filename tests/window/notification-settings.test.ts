/** Settings → Notifications and Sound, the chips that they bring, and the commands: by keyboard and pointer. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

const row = (page: Page, name: string) =>
  page.locator('.setting-row').filter({ has: page.locator('.label').getByText(name, { exact: true }) })
const card = (page: Page) => page.getByRole('region', { name: 'What ReMo notifies about' })
const says = (page: Page, what: string) =>
  card(page)
    .locator('dl > div')
    .filter({ has: page.getByText(what, { exact: true }) })
const entries = (page: Page) => page.getByRole('list', { name: 'My nodes' }).getByRole('listitem')
const chips = (page: Page) => page.getByRole('region', { name: 'Silenced, filtered and paused' }).getByRole('link')

test('what ReMo notifies about follows the settings in force', async ({ open }) => {
  const page = await open('preview.html?nodes=12#/settings/notifications')
  await expect(says(page, 'A warning')).toContainText('None. It is in the window and in the tray.')
  await row(page, 'Warnings').getByRole('switch').click()
  await expect(says(page, 'A warning')).toContainText(/One notification after 30\ss\./)
  const wait = row(page, 'Collect warnings for').getByRole('textbox')
  await wait.fill('0')
  await wait.press('Enter')
  await expect(says(page, 'A warning')).toContainText('One notification at once.')
  await row(page, 'Remind me').getByRole('radio', { name: 'Off' }).click()
  await expect(says(page, 'Nobody acknowledges a critical alert')).toContainText('No reminder.')
  await row(page, 'Rejected messages').getByRole('switch').click()
  await expect(says(page, 'More than 1 rejected message a minute')).toBeVisible()
  await wait.fill('601')
  await wait.press('Enter')
  await expect(row(page, 'Collect warnings for').getByRole('alert')).toHaveText(/at most 600 seconds/)
  await page.getByRole('button', { name: 'Reset this page' }).click()
  await expect(says(page, 'A warning')).toContainText('None.')
  await expect(says(page, 'More than 1 rejected message a minute')).toHaveCount(0)
  await expect(row(page, 'Remind me').getByText('Default')).toBeVisible()
})

test('my nodes are chosen by keyboard: a node, a group and a pattern', async ({ open }) => {
  const page = await open('preview.html?nodes=48&names=roles#/settings/notifications')
  await row(page, 'Nodes').getByRole('radio', { name: 'My nodes' }).click()
  await expect(row(page, 'My nodes').getByRole('alert')).toHaveText('No node is chosen, so no alert of a node pops up.')
  await expect(chips(page).filter({ hasText: 'No alert pops up' })).toBeVisible()
  await page.getByRole('textbox', { name: 'Node', exact: true }).fill('web-001, gone-1')
  await page.keyboard.press('Enter')
  await expect(entries(page)).toHaveText(['web-001', /^\s*gone-1\s+none/])
  await expect(row(page, 'My nodes')).toContainText('Matches 1 of 48 nodes: web-001.')
  await expect(row(page, 'My nodes').getByRole('alert')).toHaveCount(0)
  await expect(chips(page).filter({ hasText: 'My nodes' })).toBeVisible()

  await page.getByRole('radio', { name: 'Group' }).click()
  await expect(page.getByRole('textbox', { name: 'Group of nodes' })).toBeFocused()
  await page.keyboard.type('wor')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: /^worker\s*\d+$/ })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(entries(page)).toHaveText(['web-001', /^\s*gone-1/, /^\s*group\s+worker\s+\d+/])

  await page.getByRole('radio', { name: 'Pattern' }).click()
  await expect(page.getByRole('textbox', { name: 'Pattern of node ids' })).toBeFocused()
  await page.keyboard.type('cache-(')
  await expect(page.getByText('Missing closing ): cache-(')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Add', exact: true })).toBeDisabled()
  await page.keyboard.type('.*)')
  await expect(row(page, 'My nodes').getByRole('status').last()).toContainText(/^Matches \d+ of 48 nodes: cache-/)
  await page.keyboard.press('Enter')
  await expect(entries(page)).toHaveCount(4)
  await page.getByRole('button', { name: 'Remove node gone-1' }).click()
  await expect(entries(page)).toHaveCount(3)
  await expect(page.getByRole('textbox', { name: 'Pattern of node ids' })).toBeFocused()
})

test('lines that are pasted are several nodes', async ({ open }) => {
  const page = await open('preview.html?nodes=12#/settings/notifications')
  await page.getByRole('textbox', { name: 'Node', exact: true }).evaluate((field) => {
    const data = new DataTransfer()
    data.setData('text/plain', 'node-1\nnode-2\r\nnode-3\n')
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  })
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(entries(page)).toHaveText(['node-1', 'node-2', 'node-3'])
})

test('a chip says what narrows the notifications, and opens the settings', async ({ open }) => {
  const page = await open('preview.html?nodes=12&settings=mine#/overview')
  await expect(chips(page)).toHaveText(['My nodes', 'Names hidden'])
  await chips(page).filter({ hasText: 'Names hidden' }).click()
  await row(page, 'Hide names and values').getByRole('switch').click()
  await row(page, 'Nodes').getByRole('radio', { name: 'All nodes' }).click()
  await expect(chips(page)).toHaveCount(0)
})

test('the commands hide names, choose my nodes, and open the sound', async ({ open }) => {
  const page = await open('preview.html?nodes=12#/overview')
  await page.getByRole('link', { name: 'Overview' }).waitFor()
  const field = page.getByRole('combobox', { name: 'Find a node, an alert or a command' })
  const run = async (text: string): Promise<void> => {
    await page.keyboard.press('ControlOrMeta+k')
    await expect(field).toBeFocused()
    await page.keyboard.type(text)
    await page.keyboard.press('Enter')
    await expect(field).toHaveCount(0)
  }
  await run('hide names')
  await expect(chips(page)).toHaveText(['Names hidden'])
  await run('show names')
  await expect(chips(page)).toHaveCount(0)
  await run('sound settings')
  await expect(row(page, 'Volume')).toBeVisible()
  await run('my nodes only')
  await expect(page.getByRole('textbox', { name: 'Node', exact: true })).toBeVisible()
  await run('send a test')
  await expect(page.getByText('The desktop accepted it.')).toBeVisible()
  await page.keyboard.press('ControlOrMeta+k')
  await expect(field).toBeFocused()
  await page.keyboard.type('no such command')
  await expect(page.getByText('No node, alert or command matches “no such command”.')).toBeVisible()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('history')
  await page.getByRole('option', { name: /^History of alerts/ }).click()
  await expect(page.getByRole('grid', { name: 'History' })).toBeVisible()
})

test('sounds are tested, and the volume is set by keyboard', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/settings/sound')
  await page.getByRole('button', { name: 'Test the sound: Critical' }).click()
  await expect(row(page, 'Critical').getByRole('status')).toContainText('Played.')
  const volume = page.getByRole('slider', { name: 'Volume' })
  await volume.focus()
  await page.keyboard.press('ArrowLeft')
  await expect(volume).toHaveAttribute('aria-valuetext', /^75\s%$/)
  await expect(row(page, 'Volume').getByText('Settings file')).toBeVisible()
  await page.keyboard.press('Home')
  await expect(row(page, 'Volume')).toContainText('No sound at all.')
  await page.getByRole('button', { name: 'Test the sound: Warning' }).click()
  await expect(row(page, 'Warning').getByRole('status')).toHaveText(/^Not played\. The volume is 0\s%\.$/)
  await row(page, 'Warning').getByRole('switch').click()
  await expect(row(page, 'Warning')).toContainText('Silent, because warnings do not pop up.')
})

test('an own file is chosen and cleared', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/settings/sound')
  await row(page, 'Own file').getByRole('button', { name: 'Choose…' }).click()
  await expect(row(page, 'Own file')).toContainText('/home/anna/Sounds/pager.ogg')
  await row(page, 'Own file').getByRole('button', { name: 'Clear' }).click()
  await expect(row(page, 'Own file')).toContainText('ReMo has a sound for each kind.')
  const broken = await open('preview.html?nodes=4&settings=broken#/settings/sound')
  await expect(row(broken, 'Own file').getByRole('alert')).toContainText('pager.ogg')
})

test('the new settings are found by the words that people use', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/settings/about')
  for (const [words, label] of [
    ['ringtone', 'Own file'],
    ['loud', 'Volume'],
    ['reminder', 'Remind me'],
    ['recovered', 'Resolved'],
    ['privacy share', 'Hide names and values'],
    ['regular expression', 'My nodes'],
    ['behind kafka', 'Lag: warning above'],
  ] as const) {
    await page.getByRole('textbox', { name: 'Find a setting' }).fill(words)
    await expect(row(page, label)).toBeVisible()
  }
})

test('what a variable or a flag fixes cannot be changed', async ({ open }) => {
  const page = await open('preview.html?nodes=4&settings=fixed#/settings/notifications')
  await expect(row(page, 'My nodes')).toContainText('REMO_MY_NODES')
  await expect(page.getByRole('textbox', { name: 'Node', exact: true })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Remove group node' })).toBeDisabled()
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Sound' }).click()
  await expect(page.getByRole('slider', { name: 'Volume' })).toBeDisabled()
})
