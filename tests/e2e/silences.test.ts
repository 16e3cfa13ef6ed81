import type { Page } from '@playwright/test'
import { calm, hot, openWithNode } from '../support/node-steps.ts'
import type { FieldProducer } from '../support/field-producer.ts'
import { expect, test } from './fixtures.ts'

test.use({ nodes: ['other', 'rack'] })

const nodes = Array.from({ length: 200 }, (_, i) => `storm-${i + 1}`)

/** All nodes write to one topic, as those of one rack do. */
async function sendAll(producer: FieldProducer, metrics: Readonly<Record<string, number>>): Promise<void> {
  const timestamp = new Date().toISOString()
  for (const node of nodes)
    await producer.sendRaw('metrics-rack', JSON.stringify({ node_id: node, node_name: node, timestamp, metrics }))
}

/** The stock threshold on CPU usage of all nodes fires at once. */
async function fireAtOnce(window: Page): Promise<void> {
  await expect(window.getByRole('banner').getByRole('status')).toContainText('Live')
  await window.getByRole('link', { name: 'Thresholds' }).click()
  await window.getByRole('row').filter({ hasText: 'CPU usage' }).first().click()
  const editor = window.getByRole('form', { name: /CPU usage/ })
  await editor.getByLabel('For', { exact: true }).fill('0')
  await editor.getByRole('button', { name: 'Save threshold' }).click()
  await expect(window.getByText(/^version 2 /)).toBeVisible()
}

test('a storm of 200 nodes is silenced from one row, extended, ended, and counts again', async ({
  launch,
  producer,
  notifications,
  tray,
}) => {
  test.setTimeout(180_000)
  const { window } = await openWithNode(launch, producer, 'other')
  await sendAll(producer, calm)
  await fireAtOnce(window)
  await window.getByRole('link', { name: /^Alerts/ }).click()
  const alerts = window.getByRole('grid', { name: 'Alerts' })
  const unacknowledged = window.getByRole('link', { name: /unacknowledged alerts$/ })
  await expect(async () => {
    await sendAll(producer, hot)
    await expect(unacknowledged).toContainText('200', { timeout: 2000 })
  }).toPass({ timeout: 60_000 })

  // In a storm, the list is grouped by rule, and a large group is folded.
  await expect(window.getByText('Grouped by rule.')).toBeVisible()
  await alerts.getByRole('row').filter({ hasText: 'CPU usage' }).first().click()
  await window.keyboard.press('Enter')
  await alerts.getByRole('row').filter({ hasText: 'storm-' }).first().click()
  await window.keyboard.press('s')
  const dialog = window.getByRole('dialog', { name: 'Silence' })
  const preview = dialog.getByRole('region', { name: 'Preview' })
  await expect(preview).toContainText('Matches 1 open alert, 1 node')
  await dialog.getByRole('button', { name: /^Edit node = / }).click()
  await dialog.getByRole('textbox', { name: 'Alerts where all of these hold' }).fill('node=~"storm-.*"')
  await expect(preview).toContainText('Matches 200 open alerts, 200 nodes')
  await expect(preview).toContainText('and 140 more')
  await dialog.getByRole('textbox', { name: 'Why' }).fill('The rack is moved')
  await window.keyboard.press('Control+Enter')
  await expect(dialog).toBeHidden()

  const chip = window.getByRole('link', { name: '200 silenced' })
  await expect(chip).toBeVisible()
  await expect(unacknowledged).toBeHidden()
  await expect.poll(() => tray.tooltip()).not.toContain('critical')
  await chip.click()
  await alerts.getByRole('row').filter({ hasText: 'CPU usage' }).first().click()
  await window.keyboard.press('Enter')
  const silenced = alerts.getByRole('row').filter({ hasText: 'storm-' }).first()
  await expect(silenced).toContainText('until')
  await silenced.click()
  await expect(window.getByRole('region', { name: 'Alert details' })).toContainText('The rack is moved')

  await window.getByRole('link', { name: 'Show the silence' }).click()
  const row = window.getByRole('grid', { name: 'Silences' }).getByRole('row', { selected: true })
  await expect(row).toContainText(/1\sh 5\d\sm|2\sh/)
  await row.getByRole('button', { name: /\+1\sh/ }).click()
  await expect(row).toContainText(/2\sh 5\d\sm|3\sh/)

  notifications.clear()
  await row.getByRole('button', { name: 'Expire' }).click()
  await expect(chip).toBeHidden()
  await expect(unacknowledged).toContainText('200')
  await expect.poll(() => tray.tooltip()).toContain('200 critical')
  await window.getByRole('radio', { name: /^Expired/ }).click()
  await expect(window.getByRole('grid', { name: 'Silences' })).toContainText('The rack is moved')
})
