import { breach, calm, hot, openWithNode } from '../support/node-steps.ts'
import { received } from '../support/popup-steps.ts'
import { acknowledge, addCpuThreshold } from '../support/window-steps.ts'
import { expect, test } from './fixtures.ts'

test.use({ nodes: ['hot-1', 'hot-2', 'hot-3', 'hot-4', 'edit'] })

test('a breach appears in the window, as a notification, in the tray and in /metrics', async ({
  launch,
  producer,
  notifications,
  tray,
}) => {
  const { console, window } = await openWithNode(launch, producer, 'hot-1')
  await expect.poll(() => tray.tooltip()).toContain('live')
  const quietIcon = await tray.picture()

  await addCpuThreshold(window, 'hot-1')
  await breach(window, producer, 'hot-1')

  await expect.poll(() => notifications.displayed()).toBeGreaterThan(0)
  await expect.poll(() => tray.tooltip()).toContain('1 critical')
  await expect.poll(() => tray.picture()).not.toBe(quietIcon)
  expect(await console.metric('remo_alerts', 'severity="critical",state="firing"')).toBe(1)
  const [received] = notifications.collect()
  expect(`${received?.summary} ${received?.body}`).toMatch(/CRITICAL.*hot-1.*CPU.*97\.2\s?%/)
})

test('a notification appears while the window is closed, and a click on it opens its alert', async ({
  launch,
  producer,
  notifications,
}) => {
  const { console, window } = await openWithNode(launch, producer, 'hot-2')
  await addCpuThreshold(window, 'hot-2')
  await console.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  const visible = () =>
    console.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((one) => one.isVisible()))
  await expect.poll(visible).toBe(false)
  const titles = () => notifications.calls().map(({ summary }) => summary)
  await expect.poll(titles).toEqual(['ReMo is still running in the tray'])
  notifications.clear()

  await expect(async () => {
    await producer.send({ nodeId: 'hot-2', at: Date.now(), metrics: hot })
    expect(notifications.displayed()).toBeGreaterThan(0)
  }).toPass({ timeout: 30_000 })

  notifications.click()
  await expect.poll(visible).toBe(true)
  await expect(window.getByRole('heading', { name: /hot-2 · CPU usage/ })).toBeVisible()
})

test('an acknowledgement keeps its comment, closes the notification, and ends when the alert resolves', async ({
  launch,
  producer,
  notifications,
}) => {
  const { console, window } = await openWithNode(launch, producer, 'hot-3')
  await addCpuThreshold(window, 'hot-3')
  await breach(window, producer, 'hot-3')
  await expect.poll(() => notifications.displayed()).toBe(1)

  await acknowledge(window, 'hot-3', 'batch job, ends 12:30')
  await expect(window.getByRole('grid', { name: 'Alerts' })).toContainText('batch job, ends 12:30')
  await expect.poll(() => notifications.displayed()).toBe(0)

  await producer.send({ nodeId: 'hot-3', at: Date.now(), metrics: calm })
  await expect(window.getByRole('grid', { name: 'Alerts' })).toHaveCount(0)
  await expect.poll(() => console.metric('remo_alerts', 'severity="critical",state="firing"')).toBe(0)
})

test('a firing alert survives a restart without a second notification', async ({ launch, producer, notifications }) => {
  const { console: first, window } = await openWithNode(launch, producer, 'hot-4')
  await addCpuThreshold(window, 'hot-4')
  await breach(window, producer, 'hot-4')
  await expect.poll(() => notifications.displayed()).toBeGreaterThan(0)
  await first.quit()
  notifications.clear()
  const before = notifications.calls().length

  const second = await launch({ dataDir: first.dataDir })
  const again = await second.window()
  await again.getByRole('link', { name: 'Alerts' }).click()
  await expect(again.getByRole('grid', { name: 'Alerts' })).toContainText('hot-4')
  await producer.send({ nodeId: 'hot-4', at: Date.now(), metrics: hot })
  await expect.poll(() => second.metric('remo_kafka_messages_total', 'topic="metrics-hot-4"')).toBeGreaterThan(0)
  expect(notifications.displayed()).toBe(0)
  // A second one would come before that of its end.
  await producer.send({ nodeId: 'hot-4', at: Date.now(), metrics: calm })
  await expect
    .poll(() => received(notifications).slice(before))
    .toEqual([expect.stringMatching(/^Resolved: hot-4 CPU /)])
})

test('levels in the wrong order show an error at the field, and nothing is saved', async ({ launch }) => {
  const console = await launch()
  const window = await console.window()
  await window.getByRole('link', { name: 'Thresholds' }).click()
  await window.getByRole('button', { name: 'New threshold' }).click()
  const editor = window.getByRole('form', { name: 'New threshold' })
  await editor.getByRole('button', { name: 'More options' }).click()
  await expect(window.getByRole('row').filter({ hasText: 'CPU usage' }).first()).toBeVisible()
  const rows = await window.getByRole('row').count()
  await editor.getByLabel('Warning').fill('90')
  await editor.getByLabel('Critical').fill('80')
  await editor.getByRole('button', { name: 'Save threshold' }).click()
  await expect(editor.getByText('Critical must be at or above the warning level (90).')).toBeVisible()
  await expect(window.getByRole('row')).toHaveCount(rows)
})

test('a threshold of one node is edited and reset to the one for all nodes, and that is undone', async ({
  launch,
  producer,
}) => {
  const { window } = await openWithNode(launch, producer, 'edit')
  await addCpuThreshold(window, 'edit')
  const row = window.getByRole('row').filter({ hasText: 'edit' })
  await row.click()
  const editor = window.getByRole('form', { name: /CPU usage, edit/ })
  await editor.getByLabel('Critical').fill('92.5')
  await editor.getByRole('button', { name: 'Save threshold' }).click()
  await expect(row).toContainText('92.5')
  await editor.getByRole('button', { name: 'Reset to All nodes' }).click()
  await expect(row).toHaveCount(0)
  await window.getByRole('button', { name: 'Undo' }).click()
  await expect(row).toContainText('92.5')
})
