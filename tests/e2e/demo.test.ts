import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './fixtures.ts'

const nowhere = '127.0.0.1:1'

test('the demo shows twelve servers with history and alerts, without Kafka', async ({ launch, notifications }) => {
  const console = await launch({ args: ['--demo'], bootstrap: nowhere })
  const window = await console.window()
  const status = window.getByRole('contentinfo', { name: 'Status' })
  await expect(status).toContainText('simulated servers running')
  await expect(status).not.toContainText('127.0.0.1')
  await expect(window.getByRole('group', { name: 'db-1 CPU' })).toBeVisible()
  await expect.poll(() => console.metric('remo_console_live'), { timeout: 40_000 }).toBe(1)
  await expect.poll(() => console.metric('remo_alerts', 'severity="warning",state="acknowledged"')).toBe(1)
  // The alerts of the history came while the page was loading: it has missed none.
  const attention = window.getByRole('region', { name: 'Needs attention' })
  await expect(attention.getByRole('row').filter({ hasText: 'db-1' })).toContainText('> 90')
  await expect(attention.getByRole('row').filter({ hasText: 'mail-1' })).toContainText('Ada')
  await expect(window.getByRole('region', { name: 'Active alerts' })).toContainText('1 unacknowledged')
  await window.getByRole('link', { name: /^Alerts/ }).click()
  await expect(window.getByRole('row', { name: /db-1 Memory usage/ })).toBeVisible()
  await window.getByRole('link', { name: 'Metrics' }).click()
  await expect(window.getByRole('heading', { name: 'Disk used' })).toBeVisible()
  // What fired and resolved in the history comes as one digest.
  await expect
    .poll(() => notifications.collect().map(({ summary }) => summary))
    .toContainEqual(expect.stringContaining('While you were away'))
})

test('a second demo begins anew, whatever the first one left behind', async ({ launch }) => {
  const first = await launch({ args: ['--demo', '--hidden'], bootstrap: nowhere })
  await expect.poll(() => first.metric('remo_console_live'), { timeout: 40_000 }).toBe(1)
  await first.kill()
  expect(existsSync(join(first.dataDir, 'demo', 'remo.sqlite'))).toBe(true)
  expect(existsSync(join(first.dataDir, 'remo.sqlite'))).toBe(false)
  const second = await launch({ args: ['--demo', '--hidden'], bootstrap: nowhere, dataDir: first.dataDir })
  // A busy computer stores the twelve thousand records of the second history less quickly.
  await expect.poll(() => second.metric('remo_console_live'), { timeout: 40_000 }).toBe(1)
  expect(await second.metric('remo_kafka_messages_total', 'topic="metrics-demo"')).toBeGreaterThan(12_000)
  const window = await second.window()
  await expect(window.getByText('The local cache was damaged')).toHaveCount(0)
})
