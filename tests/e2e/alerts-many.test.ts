import { breach, hot, openWithNode } from '../support/node-steps.ts'
import { addCpuThreshold, cpuAlertRow } from '../support/window-steps.ts'
import { expect, test } from './fixtures.ts'

test.use({ nodes: ['many-1', 'unseen-1'] })

test('50 alerts are acknowledged by keyboard, and one key undoes that', async ({ launch, producer, tray }) => {
  test.setTimeout(150_000)
  const nodes = Array.from({ length: 50 }, (_, i) => `many-${i + 1}`)
  const { window } = await openWithNode(launch, producer, 'many-1')
  await expect(window.getByRole('banner').getByRole('status')).toContainText('Live')
  await window.getByRole('link', { name: 'Thresholds' }).click()
  await window.getByRole('row').filter({ hasText: 'All nodes' }).filter({ hasText: 'CPU' }).click()
  const editor = window.getByRole('form', { name: /CPU usage/ })
  await editor.getByLabel('For', { exact: true }).fill('0')
  await editor.getByRole('button', { name: 'Save threshold' }).click()

  await window.getByRole('link', { name: 'Alerts' }).click()
  const all = window.getByRole('link', { name: /50 unacknowledged alerts$/ })
  await expect(async () => {
    for (const nodeId of nodes) await producer.send({ nodeId, at: Date.now(), metrics: hot })
    await expect(all).toBeVisible({ timeout: 5000 })
  }).toPass({ timeout: 70_000 })
  await expect(window.getByText('Grouped by rule.')).toBeVisible()
  await expect.poll(() => tray.tooltip()).toContain('50 unseen')

  await window.getByRole('grid', { name: 'Alerts' }).focus()
  await window.keyboard.press('Control+a')
  await window.keyboard.press('a')
  await expect(window.getByRole('status', { name: 'Acknowledgement' })).toContainText('Acknowledged 50 alerts')
  await expect(all).toHaveCount(0)
  await window.keyboard.press('z')
  await expect(all).toBeVisible()
  await expect.poll(() => tray.tooltip()).not.toContain('unseen')
})

test('an alert that nobody opened is unseen after a restart, until its row is opened', async ({
  launch,
  producer,
  tray,
}) => {
  const { console: first, window } = await openWithNode(launch, producer, 'unseen-1')
  await addCpuThreshold(window, 'unseen-1')
  await breach(window, producer, 'unseen-1')
  await expect.poll(() => tray.tooltip()).toContain('1 unseen')
  await first.quit()

  const second = await launch({ dataDir: first.dataDir })
  const again = await second.window()
  await again.getByRole('link', { name: 'Alerts' }).click()
  await expect(again.getByRole('grid', { name: 'Alerts' }).getByRole('img', { name: 'Unseen' })).toBeVisible()
  await expect(again).toHaveTitle(/^\(1\)/)
  await cpuAlertRow(again, 'unseen-1').click()
  await expect(again.getByRole('img', { name: 'Unseen' })).toHaveCount(0)
})
