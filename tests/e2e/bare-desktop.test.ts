import { DesktopWithoutPanel } from '../support/desktop-without-panel.ts'
import { Notifications } from '../support/notification-daemon.ts'
import { firing, openWithThreshold, received, sendCpu, sendUntilFiring } from '../support/popup-steps.ts'
import { answerQuestion } from '../support/question-dialog.ts'
import { set } from '../support/sound-steps.ts'
import { cpuAlertRow } from '../support/window-steps.ts'
import { expect, test as base } from './fixtures.ts'

// Desktops that lack what notifications need.

const test = base.extend<{ readonly bare: DesktopWithoutPanel }>({
  bare: async ({ desktop }, use) => {
    const bare = await DesktopWithoutPanel.start(desktop.env)
    await use(bare)
    await bare.end()
  },
})

test.use({ nodes: ['other', 'bare-1', 'bare-2', 'title-1'] })

test('without a notification server alerts are toasts, Settings says why, and a server that starts gets popups', async ({
  launch,
  producer,
  bare,
}) => {
  const { console, window } = await openWithThreshold(() => launch({ env: bare.env }), producer, 'bare-.*')
  await sendUntilFiring(console, 1, () => sendCpu(producer, 'bare-1', 97.2))
  const toasts = window.getByRole('region', { name: 'Notifications in this window' })
  await expect(toasts).toContainText(/\[CRITICAL\] bare-1 CPU 97\.2\s% > 90\s%/)

  await window.getByRole('link', { name: 'Settings' }).click()
  await window.getByRole('link', { name: 'Notifications', exact: true }).click()
  const page = window.getByRole('main')
  await expect(page).toContainText('Not available')
  await expect(page).toContainText('No notification server runs in this session.')
  await window.getByRole('button', { name: 'Send a test notification' }).click()
  await expect(page).toContainText('Not shown. No notification server runs in this session.')

  await bare.startDunst()
  const notifications = await new Notifications(bare.env).listen()
  await expect(page).toContainText(/dunst .* shows the notifications of ReMo, with buttons/)
  await sendUntilFiring(console, 2, () => sendCpu(producer, 'bare-2', 98))
  await expect.poll(() => received(notifications).at(-1)).toMatch(/bare-2/)
  notifications.end()
})

test('without a tray the window title has the count, closing quits, and a new start has the alert', async ({
  launch,
  producer,
  bare,
}) => {
  const { console, window } = await openWithThreshold(() => launch({ env: bare.env }), producer, 'title-.*')
  await sendUntilFiring(console, 1, () => sendCpu(producer, 'title-1', 97.2))
  await expect(window).toHaveTitle(/^\(1\) ReMo/)
  const close = () => console.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await set(window, 'startup.close', 'ask')
  await close()
  await answerQuestion(bare.env, 'Escape')
  expect(await firing(console)).toBe(1)
  await set(window, 'startup.close', 'tray')
  const ended = new Promise<void>((resolve) => console.app.once('close', () => resolve()))
  await close()
  await ended

  await bare.startDunst()
  const notifications = await new Notifications(bare.env).listen()
  const second = await launch({ env: bare.env, dataDir: console.dataDir })
  const again = await second.window()
  await again.getByRole('link', { name: /^Alerts/ }).click()
  await expect(cpuAlertRow(again, 'title-1')).toBeVisible()
  await expect(again).toHaveTitle(/^\(1\) ReMo/)
  notifications.end()
})
