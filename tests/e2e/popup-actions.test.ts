import { call, set } from '../support/sound-steps.ts'
import { cpuThreshold, lastCall, openWithThreshold, sendCpu, sendUntilFiring } from '../support/popup-steps.ts'
import { cpuAlertRow, signIn } from '../support/window-steps.ts'
import { expect, test } from './fixtures.ts'

// Buttons of popups as dunst has them, reminders and recoveries.

test.use({ nodes: ['other', 'act-1', 'act-2', 'act-3', 'remind-1'] })

test('buttons of a popup open, acknowledge and silence in the name of who is signed in', async ({
  launch,
  producer,
  backend,
  notifications,
}) => {
  test.setTimeout(150_000)
  const console = await launch({ env: { REMO_BACKEND_URL: backend.url } })
  const window = await console.window()
  await signIn(window, 'admin')
  // A threshold each, so that each alert has its own popup.
  await openWithThreshold(() => Promise.resolve(console), producer, 'act-1')
  for (const node of ['act-2', 'act-3']) await call(window, 'rules.save', { draft: cpuThreshold(node) })
  const popup = (node: string): string => `[CRITICAL] ${node} CPU 97.2 % > 90 %`
  const breach = async (count: number, node: string): Promise<void> => {
    await sendUntilFiring(console, count, () => sendCpu(producer, node, 97.2))
    await expect
      .poll(() => lastCall(notifications))
      .toMatchObject({
        summary: popup(node),
        buttons: ['Acknowledge', 'Silence 1 h', 'Open'],
      })
  }
  await breach(1, 'act-1')
  notifications.press('Open')
  await expect(window.getByRole('heading', { name: /act-1 · CPU usage/ })).toBeVisible()
  await expect.poll(() => notifications.displayed()).toBe(0)

  await breach(2, 'act-2')
  notifications.press('Acknowledge')
  await expect.poll(() => notifications.displayed()).toBe(0)
  await window.getByRole('radio', { name: /^Acknowledged/ }).click()
  await cpuAlertRow(window, 'act-2').click()
  const details = window.getByRole('region', { name: 'Alert details' })
  await expect(details).toContainText('Acknowledged by admin')
  await expect(details).toContainText('Popup shown on this computer')

  await breach(2, 'act-3')
  notifications.press('Silence 1 h')
  await expect.poll(() => notifications.displayed()).toBe(0)
  await window.getByRole('link', { name: 'Silences' }).click()
  const silences = window.getByRole('grid', { name: 'Silences' })
  await expect(silences).toContainText('act-3')
  await expect(silences).toContainText('admin')
  await expect(silences).toContainText(/5\d\sm|1\sh/)
  await expect.poll(() => console.metric('remo_silenced_alerts', 'severity="critical"')).toBe(1)
})

test('a reminder replaces its popup after a minute, and the recovery says how long it was', async ({
  launch,
  producer,
  notifications,
}) => {
  test.setTimeout(150_000)
  const { console, window } = await openWithThreshold(launch, producer, 'remind-.*')
  await set(window, 'notifications.reminderMinutes', 1)
  await sendUntilFiring(console, 1, () => sendCpu(producer, 'remind-1', 97.2))
  await expect.poll(() => lastCall(notifications)?.summary).toBe('[CRITICAL] remind-1 CPU 97.2 % > 90 %')
  const first = notifications.calls().length
  await expect(async () => {
    await sendCpu(producer, 'remind-1', 98)
    expect(notifications.calls().length).toBe(first + 1)
  }).toPass({ timeout: 80_000, intervals: [5000] })
  expect(lastCall(notifications)).toMatchObject({
    summary: '[CRITICAL] remind-1 CPU still 98.0 % > 90 %',
    body: 'For 1 m, acknowledged by nobody.',
    buttons: ['Acknowledge', 'Silence 1 h', 'Open'],
  })
  expect(lastCall(notifications)?.replaces).not.toBe(0)
  expect(notifications.displayed()).toBe(1)

  await sendCpu(producer, 'remind-1', 71)
  await expect.poll(() => lastCall(notifications)?.summary).toBe('Resolved: remind-1 CPU 71.0 %')
  expect(lastCall(notifications)).toMatchObject({
    body: expect.stringMatching(/^Was 97\.2 %, lasted 1 m \d+ s\.$/),
    urgency: 'low',
    isSticky: false,
    buttons: [],
  })
  await expect.poll(() => notifications.displayed()).toBe(1)
})
