/** Settings in the real app: the page, the file, the desktop. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { answerQuestion } from '../support/question-dialog.ts'
import type { RunningConsole } from '../support/running-console.ts'
import { expect, test } from './fixtures.ts'

const row = (page: Page, name: string) =>
  page.locator('.setting-row').filter({ has: page.getByText(name, { exact: true }) })

async function openSettings(page: Page, section: string): Promise<void> {
  await page.keyboard.press('Control+,')
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: section }).click()
}

const fileOf = (console: RunningConsole): string => join(console.dataDir, 'settings.json')
/** Empty before the first change. */
const json = (console: RunningConsole): Record<string, unknown> =>
  existsSync(fileOf(console)) ? (JSON.parse(readFileSync(fileOf(console), 'utf8')) as Record<string, unknown>) : {}

/** As an editor does it: a new file takes the place of the old one. */
function edit(console: RunningConsole, content: object | string): void {
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2)
  writeFileSync(`${fileOf(console)}.edited`, text)
  renameSync(`${fileOf(console)}.edited`, fileOf(console))
}

const look = (page: Page) => page.evaluate(() => ({ ...document.documentElement.dataset }))
const native = (console: RunningConsole) =>
  console.app.evaluate(({ nativeTheme, BrowserWindow }) => ({
    theme: nativeTheme.themeSource,
    background: BrowserWindow.getAllWindows()[0]?.getBackgroundColor(),
  }))
const isVisible = (console: RunningConsole): Promise<boolean> =>
  console.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((one) => one.isVisible()))
const closeWindow = (console: RunningConsole) =>
  console.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())

test('a change in the page is in the file and holds at once, and again after a restart', async ({ launch, tray }) => {
  const console = await launch()
  const window = await console.window()
  await openSettings(window, 'Appearance')
  await row(window, 'Theme').getByRole('radio', { name: 'Light' }).click()
  await expect.poll(() => native(console)).toMatchObject({ theme: 'light', background: '#F4F5F6' })
  await row(window, 'Theme').getByRole('radio', { name: 'Dark' }).click()
  await expect.poll(() => native(console)).toMatchObject({ theme: 'dark', background: '#0F1215' })
  await expect.poll(() => look(window)).toMatchObject({ theme: 'dark' })
  await row(window, 'Colors of states').getByRole('radio', { name: 'Color-blind' }).click()
  await row(window, 'Density').getByRole('radio', { name: 'Compact' }).click()
  await row(window, 'Time zone').getByRole('radio', { name: 'UTC', exact: true }).click()
  await expect(row(window, 'Time zone').getByText('Settings file')).toBeVisible()
  expect(json(console)).toEqual({
    $schema: './settings.schema.json',
    version: 1,
    appearance: { theme: 'dark', palette: 'color-blind', density: 'compact', timeZone: 'utc' },
  })
  expect(existsSync(join(console.dataDir, 'settings.schema.json'))).toBe(true)
  await expect.poll(() => tray.tooltip()).toContain('ReMo')
  await console.quit()
  const again = await launch({ dataDir: console.dataDir })
  await expect
    .poll(async () => look(await again.window()))
    .toMatchObject({
      theme: 'dark',
      palette: 'color-blind',
      density: 'compact',
    })
  expect(await native(again)).toMatchObject({ theme: 'dark', background: '#0F1215' })
})

test('a change of the file by hand holds at once; a broken file is moved aside and said', async ({ launch }) => {
  const console = await launch()
  const window = await console.window()
  await openSettings(window, 'Appearance')
  await row(window, 'Theme').getByRole('radio', { name: 'Dark' }).click()
  await expect(row(window, 'Theme').getByText('Settings file')).toBeVisible()

  edit(console, { appearance: { theme: 'light', density: 'compact', palette: 'loud' }, mine: 1 })
  await expect.poll(() => look(window)).toMatchObject({ theme: 'light', density: 'compact', palette: 'standard' })
  await expect(window.getByText(/appearance\.palette: expected/).first()).toBeVisible()
  await expect.poll(() => native(console)).toMatchObject({ theme: 'light' })
  // What ReMo does not know or cannot use is kept.
  await row(window, 'Density').getByRole('radio', { name: 'Comfortable' }).click()
  await expect
    .poll(() => json(console))
    .toMatchObject({
      appearance: { theme: 'light', density: 'comfortable', palette: 'loud' },
      mine: 1,
    })

  edit(console, '{ "appearance": { "theme": "dark", }')
  await expect(window.getByText(/was no settings file\. It is now .*settings\.broken-/).first()).toBeVisible()
  await expect.poll(() => native(console)).toMatchObject({ theme: 'system' })
  expect(readdirSync(console.dataDir).filter((name) => name.startsWith('settings.broken-'))).toHaveLength(1)
  expect(existsSync(fileOf(console))).toBe(false)
})

test('a variable locks its row', async ({ launch }) => {
  const console = await launch({ env: { REMO_TIME_ZONE: 'utc', REMO_THEME: 'light' } })
  const window = await console.window()
  await openSettings(window, 'Appearance')
  await expect(row(window, 'Theme')).toContainText('REMO_THEME')
  await expect(row(window, 'Theme').getByRole('radio', { name: 'Dark' })).toBeDisabled()
  await expect(row(window, 'Time zone')).toContainText('REMO_TIME_ZONE')
  await expect(window.getByRole('contentinfo', { name: 'Status' })).toContainText('UTC')
  expect(await native(console)).toMatchObject({ theme: 'light' })
})

test('the close button asks once: the answer becomes the setting', async ({ launch, desktop }) => {
  const console = await launch()
  const window = await console.window()
  await openSettings(window, 'Startup')
  await row(window, 'Close button').getByRole('radio', { name: 'Ask once' }).click()
  await expect.poll(() => json(console)).toMatchObject({ startup: { close: 'ask' } })

  await closeWindow(console)
  await answerQuestion(desktop.env, 'Escape')
  expect(await isVisible(console)).toBe(true)
  expect(json(console)).toMatchObject({ startup: { close: 'ask' } })

  await closeWindow(console)
  await answerQuestion(desktop.env, 'Return')
  await expect.poll(() => isVisible(console)).toBe(false)
  await expect.poll(() => json(console)).toMatchObject({ startup: { close: 'tray' } })
})

test('with the tray icon off, closing quits; a hidden window is shown first', async ({ launch, tray }) => {
  const console = await launch()
  const window = await console.window()
  await expect.poll(() => tray.hasIcon()).toBe(true)
  await closeWindow(console)
  await expect.poll(() => isVisible(console)).toBe(false)
  edit(console, { startup: { trayIcon: false } })
  await expect.poll(() => tray.hasIcon()).toBe(false)
  await expect.poll(() => isVisible(console)).toBe(true)
  await openSettings(window, 'Startup')
  await expect(row(window, 'Close button')).toContainText('The tray icon is off. Closing the window quits ReMo.')
  await row(window, 'Tray icon').getByRole('switch').click()
  await expect.poll(() => tray.hasIcon()).toBe(true)
  await row(window, 'Tray icon').getByRole('switch').click()
  await expect.poll(() => tray.hasIcon()).toBe(false)
  const exited = console.app.waitForEvent('close')
  await closeWindow(console)
  await exited
})

test('a start in the tray without an icon shows the window', async ({ launch }) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'remo-hidden-'))
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ startup: { hidden: true, trayIcon: false } }))
  const console = await launch({ dataDir })
  await expect.poll(() => isVisible(console)).toBe(true)
})

test('a start in the tray with an icon has no window', async ({ launch, tray }) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'remo-hidden-'))
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ startup: { hidden: true } }))
  const console = await launch({ dataDir })
  await expect.poll(() => tray.hasIcon()).toBe(true)
  await expect.poll(() => console.metric('remo_kafka_connected')).toBe(1)
  expect(await isVisible(console)).toBe(false)
})

test('start on login: the file starts this ReMo, with this data folder', async ({ launch, desktop }) => {
  const config = mkdtempSync(join(tmpdir(), 'remo-config-'))
  const console = await launch({ env: { XDG_CONFIG_HOME: config }, args: ['--hidden'] })
  await expect.poll(() => console.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  await console.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.show())
  const window = await console.window()
  await openSettings(window, 'Startup')
  await row(window, 'Start on login').getByRole('switch').click()
  await expect.poll(() => json(console)).toMatchObject({ startup: { onLogin: true } })
  const folder = join(config, 'autostart')
  await expect.poll(() => (existsSync(folder) ? readdirSync(folder) : [])).toHaveLength(1)
  const [name = ''] = readdirSync(folder)
  expect(readFileSync(join(folder, name), 'utf8')).toContain(console.dataDir)

  // The desktop starts it: the one that runs shows its window, because it has this data folder.
  await closeWindow(console)
  await expect.poll(() => isVisible(console)).toBe(false)
  execFileSync('gio', ['launch', join(folder, name)], { env: desktop.env, timeout: 60_000 })
  await expect.poll(() => isVisible(console)).toBe(true)

  await row(window, 'Start on login').getByRole('switch').click()
  await expect.poll(() => readdirSync(folder)).toEqual([])
})

test('a test notification reaches the desktop', async ({ launch, notifications }) => {
  const console = await launch()
  const window = await console.window()
  await openSettings(window, 'Notifications')
  await window.getByRole('button', { name: 'Send a test notification' }).click()
  await expect(window.getByText('The desktop accepted it.')).toBeVisible()
  await expect.poll(() => notifications.collect().map(({ summary }) => summary)).toContain('Test notification')
})

test('a check of the backend says what it answered', async ({ launch, backend }) => {
  const console = await launch({ env: { REMO_BACKEND_URL: backend.url } })
  const window = await console.window()
  await openSettings(window, 'Backend')
  await expect(row(window, 'Address')).toContainText(backend.url)
  await window.getByRole('button', { name: 'Check now' }).click()
  await expect(row(window, 'Reachable').getByRole('status')).toContainText('It answered after')
})
