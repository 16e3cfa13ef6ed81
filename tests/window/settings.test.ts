/** The settings page: by keyboard, and what each setting of the look does to the window at once. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { pressSequence } from './key-sequence.ts'

const row = (page: Page, name: string) =>
  page.locator('.setting-row').filter({ has: page.getByText(name, { exact: true }) })
const section = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name })
const root = (page: Page, attribute: string) => page.locator('html').getAttribute(attribute)

test('keys open the page, change the section and find a setting', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/overview')
  await page.getByRole('link', { name: 'Overview' }).waitFor()
  await page.keyboard.press('ControlOrMeta+,')
  await expect(section(page, 'Connections')).toHaveAttribute('aria-current', 'page')
  await page.keyboard.press('j')
  await expect(section(page, 'Backend')).toHaveAttribute('aria-current', 'page')
  await page.keyboard.press('k')
  await expect(section(page, 'Connections')).toHaveAttribute('aria-current', 'page')
  await pressSequence(page, 'g o')
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
  await pressSequence(page, 'g ,')
  await expect(section(page, 'Connections')).toBeVisible()
  await page.keyboard.press('/')
  await page.keyboard.type('icon tray')
  await expect(row(page, 'Tray icon')).toBeVisible()
  await expect(row(page, 'Theme')).toHaveCount(0)
  await page.keyboard.press('Control+A')
  await page.keyboard.type('appearance clock')
  await expect(row(page, 'Clock')).toBeVisible()
  await expect(
    page.getByRole('region', { name: 'Settings that match' }).getByRole('heading', { name: 'Appearance' }),
  ).toBeVisible()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('no such setting')
  await expect(page.getByText('No setting matches “no such setting”.')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(section(page, 'Connections')).toHaveAttribute('aria-current', 'page')
})

test('the address names the section', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/settings/startup')
  await expect(row(page, 'Start on login')).toBeVisible()
})

test('a section is operated by keyboard alone', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/settings/appearance')
  await expect(row(page, 'Count on the icon')).toBeVisible()
  await section(page, 'About').focus()
  const reached: string[] = []
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab')
    reached.push(
      await page.evaluate(
        () => document.activeElement?.closest('.setting-row')?.querySelector('.label')?.textContent ?? '',
      ),
    )
  }
  expect(reached.filter((name) => name !== '')).toEqual([
    'Theme',
    'Colors of states',
    'Density',
    'Motion',
    'Time zone',
    'Clock',
    'Count in the title',
    'Count on the icon',
  ])
  await row(page, 'Density').getByRole('radio', { name: 'Comfortable' }).focus()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Enter')
  await expect(row(page, 'Density').getByText('Settings file')).toBeVisible()
  await row(page, 'Count in the title').getByRole('switch').focus()
  await page.keyboard.press('Space')
  await expect(row(page, 'Count in the title').getByRole('switch')).not.toBeChecked()
})

test('theme, palette and density hold at once, and a reset takes them back', async ({ open }) => {
  const page = await open('preview.html?nodes=12&theme=dark#/settings/appearance')
  await row(page, 'Theme').getByRole('radio', { name: 'Light' }).click()
  await expect.poll(() => root(page, 'data-theme')).toBe('light')
  const crit = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--crit'))
  const before = await crit()
  await row(page, 'Colors of states').getByRole('radio', { name: 'Color-blind' }).click()
  await expect.poll(crit).not.toBe(before)
  await row(page, 'Density').getByRole('radio', { name: 'Compact' }).click()
  await expect(row(page, 'Density').getByText('Settings file')).toBeVisible()
  await page.getByRole('link', { name: 'Thresholds' }).click()
  const heights = () =>
    page
      .getByRole('grid')
      .getByRole('row')
      .evaluateAll((rows) => rows.slice(1).map((one) => one.getBoundingClientRect().height))
  await expect.poll(async () => new Set(await heights())).toEqual(new Set([28]))
  await pressSequence(page, 'g ,')
  await section(page, 'Appearance').click()
  await page.getByRole('button', { name: 'Reset this page' }).click()
  await expect.poll(crit).toBe('#ff6369')
  await page.getByRole('link', { name: 'Thresholds' }).click()
  await expect.poll(async () => new Set(await heights())).toEqual(new Set([36]))
})

test('canvases are drawn again in the colors of the other palette', async ({ open }) => {
  const page = await open('preview.html?nodes=4&theme=dark#/settings/appearance')
  await row(page, 'Colors of states').getByRole('radio', { name: 'Color-blind' }).click()
  await page.getByRole('link', { name: 'Overview' }).click()
  /** Whether a canvas has this color: of the dashed line of the critical level. */
  const has = (color: readonly number[]) =>
    page.evaluate((rgb) => {
      const canvases = [...document.querySelectorAll('canvas')].filter(({ width }) => width > 0)
      return canvases.some((canvas) => {
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
        for (let i = 0; i < data.length; i += 4)
          if (rgb.every((part, j) => part === data[i + j]) && data[i + 3] === 255) return true
        return false
      })
    }, color)
  await expect.poll(() => has([255, 125, 59])).toBe(true)
  expect(await has([255, 99, 105])).toBe(false)
})

test('UTC and the clock of the system are one switch for the whole window', async ({ open }) => {
  const page = await open('preview.html?nodes=12&session=operator#/settings/appearance')
  await row(page, 'Time zone').getByRole('radio', { name: 'UTC' }).click()
  await row(page, 'Clock').getByRole('radio', { name: 'As the system' }).click()
  await expect(row(page, 'Clock')).toContainText(/As in \d{1,2}:\d\d:\d\d\s[AP]M/)
  const status = page.getByRole('contentinfo', { name: 'Status' })
  await expect(status).toContainText('UTC')
  await expect(status).toContainText(/Last sample \d{1,2}:\d\d:\d\d\s[AP]M/)
  await page.getByRole('link', { name: /^Alerts/ }).click()
  await expect(page.getByRole('gridcell', { name: /\d\s[AP]M/ }).first()).toBeVisible()
})

test('the title counts, unless that is off', async ({ open }) => {
  const page = await open('preview.html?nodes=12#/settings/appearance')
  await expect(page).toHaveTitle('(5) ReMo')
  await row(page, 'Count in the title').getByRole('switch').click()
  await expect(page).toHaveTitle('ReMo')
})

test('motion is off for good where the system asks for it', async ({ open }) => {
  const page = await open('preview.html?nodes=4&settings=broken#/settings/appearance')
  await expect(row(page, 'Motion').getByRole('switch')).toBeDisabled()
  await expect(row(page, 'Motion')).toContainText('Off, because the system asks for it.')
  await expect(row(page, 'Motion').getByText('System', { exact: true })).toBeVisible()
})

test('what a flag or a variable fixes is shown, with its name, and cannot be changed', async ({ open }) => {
  const page = await open('preview.html?nodes=4&settings=fixed#/settings/appearance')
  await expect(row(page, 'Time zone')).toContainText('REMO_TIME_ZONE')
  for (const name of ['Europe/Zurich', 'UTC'])
    await expect(row(page, 'Time zone').getByRole('radio', { name })).toBeDisabled()
  await section(page, 'Startup').click()
  await expect(row(page, 'Start in the tray')).toContainText('--hidden')
  await expect(row(page, 'Start in the tray').getByRole('switch')).toBeDisabled()
})

test('a wrong number keeps the text, with one sentence beside it', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/settings/data')
  const days = row(page, 'Keep samples for').getByRole('textbox')
  await days.fill('0')
  await days.press('Enter')
  await expect(row(page, 'Keep samples for').getByRole('alert')).toHaveText(/at least 1 day/)
  await expect(days).toHaveValue('0')
  await days.fill('x')
  await days.press('Tab')
  await expect(row(page, 'Keep samples for').getByRole('alert')).toBeVisible()
  await expect(days).toHaveValue('x')
  await days.fill('30')
  await days.press('Enter')
  await expect(row(page, 'Keep samples for').getByRole('alert')).toHaveCount(0)
  await expect(row(page, 'Keep samples for').getByText('Settings file')).toBeVisible()
})

test('problems of the settings file are a notice, and on the page', async ({ open }) => {
  const page = await open('preview.html?nodes=4&settings=broken#/overview')
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(
    page
      .getByRole('region', { name: 'Appearance' })
      .getByText(/appearance\.palette: expected/)
      .first(),
  ).toBeVisible()
})

test('a test notification says what the desktop said', async ({ open }) => {
  const page = await open('preview.html?nodes=4#/settings/notifications')
  await page.getByRole('button', { name: 'Send a test notification' }).click()
  await expect(page.getByText('The desktop accepted it.')).toBeVisible()
  const broken = await open('preview.html?nodes=4&settings=broken#/settings/notifications')
  await broken.getByRole('button', { name: 'Send a test notification' }).click()
  await expect(broken.getByText('Not shown. No program on this desktop shows notifications.')).toBeVisible()
})

test('the consoles of the team say what they can show, and which one this is', async ({ open }) => {
  const page = await open('preview.html?nodes=4&session=admin#/settings/backend')
  const table = page.getByRole('table', { name: 'Consoles of the team' })
  const cells = (name: string) => table.getByRole('row').filter({ hasText: name }).getByRole('cell').allInnerTexts()
  await expect(row(page, 'Consoles of the team')).toContainText('4 of 5 connected.')
  expect((await cells('noc-1')).slice(0, 3)).toEqual(['noc-1 this console', 'anna', 'Live'])
  expect((await cells('ben-laptop'))[2]).toMatch(/^Live, do not disturb until \d\d:\d\d$/)
  expect((await cells('branch-office'))[2]).toBe('Catching up')
  expect((await cells('wall'))[2]).toBe('Blind')
  const away = await cells('carl-desk')
  expect(away[2]).toMatch(/^Not connected, since /)
  expect(away[3]).toMatch(/^6\sh ago$/)
  expect(away[4]).toBe('0.2.0-rc.1')
  await expect(table.getByRole('row').last()).toContainText('carl-desk')

  const none = await open('preview.html?nodes=4&session=viewer&consoles=none#/settings/backend')
  await expect(row(none, 'Consoles of the team')).toContainText('No console has connected yet.')
  const older = await open('preview.html?nodes=4&session=viewer&consoles=older#/settings/backend')
  await expect(row(older, 'Consoles of the team')).toContainText('Upgrade it.')
  const lost = await open('preview.html?nodes=4&session=viewer&backend=unreachable#/settings/backend')
  await expect(row(lost, 'Consoles of the team')).toContainText('The backend is unavailable.')
  const out = await open('preview.html?nodes=4&session=expired#/settings/backend')
  await expect(row(out, 'Consoles of the team')).toContainText('Sign in to see the consoles')
})

test('an administrator tries the second channel, others see its state', async ({ open }) => {
  const page = await open('preview.html?nodes=4&session=admin#/settings/backend')
  await expect(row(page, 'Message if no console is live')).toContainText('ntfy at https://ntfy.example.net, signed')
  await expect(row(page, 'Last message')).toContainText('2 alerts')
  await page.getByRole('button', { name: 'Send a test' }).click()
  await expect(row(page, 'Test message').getByRole('status')).toHaveText('Delivered after 84 ms.')

  const failing = await open('preview.html?nodes=4&session=admin&consoles=failing#/settings/backend')
  await expect(row(failing, 'Last message').getByRole('alert')).toContainText('The backend tries again.')
  await failing.getByRole('button', { name: 'Send a test' }).click()
  await expect(row(failing, 'Test message')).toContainText('It answered 403.')
  await expect(row(failing, 'Test message')).toContainText('topic is read-only')

  const operator = await open('preview.html?nodes=4&session=operator#/settings/backend')
  await expect(row(operator, 'Test message')).toContainText('cannot test the second channel.')
  await expect(operator.getByRole('button', { name: 'Send a test' })).toHaveCount(0)
  const off = await open('preview.html?nodes=4&session=admin&consoles=none#/settings/backend')
  await expect(row(off, 'Message if no console is live')).toContainText('Off')
  await expect(row(off, 'Last message')).toHaveCount(0)
})

test('the backend is checked on request', async ({ open }) => {
  const page = await open('preview.html?nodes=4&session=operator#/settings/backend')
  await expect(row(page, 'Signed in')).toContainText('anna, operator')
  await page.getByRole('button', { name: 'Check now' }).click()
  await expect(row(page, 'Reachable').getByRole('status')).toContainText('It answered after')
  const lost = await open('preview.html?nodes=4&session=operator&backend=unreachable#/settings/backend')
  await lost.getByRole('button', { name: 'Check now' }).click()
  await expect(row(lost, 'Reachable').getByRole('status')).toContainText('Not reachable.')
})

test('no control covers the sentence beside it, in the first window and in a small one', async ({ open }) => {
  for (const size of [
    { width: 1360, height: 860 },
    { width: 1000, height: 700 },
  ]) {
    const page = await open('preview.html?nodes=4#/settings/about', size)
    for (const link of await page.getByRole('navigation', { name: 'Sections' }).getByRole('link').all()) {
      await link.click()
      await expect(link).toHaveAttribute('aria-current', 'page')
      const covered = await page.evaluate(() =>
        [...document.querySelectorAll('.setting-row')]
          .filter((row) => {
            const right = (part: string): number => row.querySelector(part)?.getBoundingClientRect().right ?? 0
            const left = Math.min(
              ...[...row.querySelectorAll('.control *')].map((part) => part.getBoundingClientRect().left),
            )
            return right('.text') > left
          })
          .map((row) => row.querySelector('.label')?.textContent),
      )
      expect(covered, `${await link.innerText()} at ${size.width}`).toEqual([])
    }
  }
})
