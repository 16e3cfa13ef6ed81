import type { Page } from '@playwright/test'
import { allowSilence, breach, openWithNode, showNode } from '../support/node-steps.ts'
import { answerQuestion } from '../support/question-dialog.ts'
import type { RunningConsole } from '../support/running-console.ts'
import { menuLines, type TrayHost } from '../support/tray-host.ts'
import { addCpuThreshold, cpuAlertRow, signIn } from '../support/window-steps.ts'
import { expect, test } from './fixtures.ts'

// What an operator does in the tray menu, as a panel of the desktop sees it.

test.use({ nodes: ['menu-1', 'menu-2', 'menu-3', 'menu-4', 'menu-5'] })

const lines = async (tray: TrayHost): Promise<string[]> => menuLines(await tray.menu())

async function closeWindow(console: RunningConsole): Promise<void> {
  await console.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await expect.poll(() => isVisible(console)).toBe(false)
}

function isVisible(console: RunningConsole): Promise<boolean> {
  return console.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((one) => one.isVisible()))
}

async function addAndBreach(
  window: Page,
  producer: Parameters<typeof breach>[1],
  ...nodes: readonly string[]
): Promise<void> {
  for (const nodeId of nodes) {
    await showNode(window, producer, nodeId)
    await addCpuThreshold(window, nodeId)
    await window.getByRole('link', { name: 'Overview' }).click()
  }
  for (const nodeId of nodes) await breach(window, producer, nodeId)
}

test('one alert is acknowledged and another silenced, while the window is closed', async ({
  launch,
  producer,
  tray,
}) => {
  test.setTimeout(120_000)
  const { console, window } = await openWithNode(launch, producer, 'menu-1')
  await addAndBreach(window, producer, 'menu-1', 'menu-2')
  await closeWindow(console)
  await expect
    .poll(() => lines(tray))
    .toEqual([
      '2 critical (off)',
      '2 unseen alerts (off)',
      'Live (off)',
      expect.stringMatching(/^■ menu-2 CPU 97/),
      '  Open',
      '  Acknowledge',
      '  Silence 1 h',
      expect.stringMatching(/^■ menu-1 CPU 97/),
      '  Open',
      '  Acknowledge',
      '  Silence 1 h',
      'Acknowledge all 2…',
      'Hide names and values',
      'Do not disturb (off)',
      '15 m',
      '1 h',
      '4 h',
      'Until 08:00',
      'Open ReMo',
      'Quit ReMo',
    ])

  await expect.poll(() => tray.badge).toBe(2)

  await tray.choose(/^■ menu-1/, 'Acknowledge')
  await expect.poll(() => lines(tray)).toContainEqual(expect.stringMatching(/^ {2}Acknowledged by .+ \(off\)$/))
  await tray.choose(/^■ menu-2/, 'Silence 1 h')
  await expect.poll(() => lines(tray)).toContain('1 critical, 1 silenced (off)')
  expect(await isVisible(console)).toBe(false)

  await tray.choose(/^■ menu-1/, 'Open')
  await expect.poll(() => isVisible(console)).toBe(true)
  await expect(window.getByRole('complementary').or(window.getByRole('region')).getByText(/^by /).first()).toBeVisible()
  await window.getByRole('link', { name: 'Silences' }).click()
  await expect(window.getByText('Silenced from the notification').first()).toBeVisible()
})

test('all are acknowledged after one question, and the window offers to undo it', async ({
  launch,
  producer,
  tray,
  desktop,
}) => {
  test.setTimeout(120_000)
  const { console, window } = await openWithNode(launch, producer, 'menu-3')
  await addAndBreach(window, producer, 'menu-3', 'menu-4')
  await expect.poll(() => lines(tray)).toContain('Acknowledge all 2…')
  await tray.choose('Acknowledge all 2…')
  await answerQuestion(desktop.env, 'Escape', 'Acknowledge alerts')
  await tray.choose('Acknowledge all 2…')
  await answerQuestion(desktop.env, 'Return', 'Acknowledge alerts')
  await expect.poll(() => lines(tray)).not.toContain('Acknowledge all 2…')
  const undo = window.getByRole('status', { name: 'Acknowledgement' })
  await expect(undo).toContainText('Acknowledged 2 alerts')
  await undo.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => lines(tray)).toContain('Acknowledge all 2…')

  await tray.choose('Hide names and values')
  await expect.poll(async () => (await lines(tray)).join()).not.toContain('menu-3')
  expect(await lines(tray)).toContain('✓ Hide names and values')
  await tray.choose('✓ Hide names and values'.slice(2))
  await expect.poll(async () => (await lines(tray)).join()).toContain('menu-3')
  expect(await isVisible(console)).toBe(true)
})

test('a viewer, and nobody who is signed in, can only look', async ({ launch, producer, backend, tray }) => {
  test.setTimeout(150_000)
  const env = { REMO_BACKEND_URL: backend.url }
  const admins = await (await launch({ env })).window()
  // Before the second console starts: the icon of that one is to be the newest.
  await expect.poll(() => tray.hasIcon()).toBe(true)
  const window = await (await launch({ env })).window()
  await signIn(admins, 'admin')
  await allowSilence(admins)
  await addAndBreach(admins, producer, 'menu-5')
  await expect.poll(() => lines(tray)).toContainEqual(expect.stringMatching(/^■ menu-5/))
  await expect.poll(() => lines(tray)).toContain('  You are signed out (off)')
  expect(await lines(tray)).toContain('  Acknowledge (off)')
  await signIn(window, 'viewer')
  await expect.poll(() => lines(tray)).toContain('  Your role is view-only (off)')
  expect(await lines(tray)).toEqual(expect.arrayContaining(['  Open', '  Acknowledge (off)', '  Silence 1 h (off)']))
  await tray.choose(/^■ menu-5/, 'Open')
  await expect(cpuAlertRow(window, 'menu-5')).toBeVisible()
})
