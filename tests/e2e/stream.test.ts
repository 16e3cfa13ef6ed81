/** From a Kafka with metrics of another program to its hosts on the overview, and what the page Stream says of them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './fixtures.ts'

const cpuLine = (host: string, idle: number): string =>
  `cpu,cpu=cpu-total,host=${host} usage_user=${90 - idle},usage_idle=${idle} ${Date.now()}000000`

test('metrics of Telegraf are found, read from then on, and explained', async ({ launch, producer }) => {
  await producer.sendRaw('telegraf', cpuLine('web-01', 25.8))
  await producer.sendRaw('orders', '{"order_id":881234,"customer":"c-99","total":12.5,"currency":"EUR"}')
  const console = await launch()
  const window = await console.window()
  await expect(window.getByText('No topic matches ^metrics- yet.')).toBeVisible()
  await window.keyboard.press('f')

  const dialog = window.getByRole('dialog', { name: 'Find metrics' })
  const row = (topic: string) => dialog.getByRole('row').filter({ hasText: topic })
  await expect(row('telegraf')).toContainText('Telegraf lines')
  await expect(row('telegraf')).toContainText('1 host, 2 metrics')
  await expect(row('orders')).toContainText('Not metrics: order_id')
  const pattern = dialog.getByRole('textbox', { name: 'Pattern then' })
  await expect(pattern).toHaveValue('^(metrics-|telegraf$)')
  await window.keyboard.press('x')
  await expect(pattern).toHaveValue('^metrics-')
  await window.keyboard.press('x')
  await expect(pattern).toHaveValue('^(metrics-|telegraf$)')
  await window.keyboard.press('Control+Enter')
  await expect(dialog).toHaveCount(0)
  // The page is loaded anew with the connection.
  await expect(window.getByRole('textbox', { name: 'pattern' })).toHaveValue('^(metrics-|telegraf$)')

  await producer.sendRaw('telegraf', cpuLine('web-01', 22.5))
  const source = window.getByRole('grid', { name: 'Sources' }).getByRole('row').filter({ hasText: 'telegraf' })
  await expect(source).toContainText('Reading as Telegraf lines', { timeout: 30_000 })
  await expect(source).toContainText('1 host')
  const details = window.getByRole('region', { name: 'telegraf' })
  await expect(details).toContainText('CPU usage = 100 − usage_idle')
  await expect(details).toContainText('named by the tag host')
  await details.getByRole('button', { name: 'Open in Metrics' }).click()
  await expect(window).toHaveURL(/#\/metrics\/web-01/)
  await window.getByRole('link', { name: 'Overview' }).click()
  await expect(window.getByRole('group', { name: 'web-01 CPU', exact: true })).toContainText('77.5')

  await window.getByRole('link', { name: 'Stream' }).click()
  await window.getByRole('radio', { name: /^Partitions/ }).click()
  const partition = window.getByRole('grid', { name: 'Partitions' }).getByRole('row').filter({ hasText: 'telegraf' })
  await expect(partition.getByRole('gridcell').nth(2)).toHaveText('2')
  await expect(partition.getByRole('gridcell').nth(4)).toHaveText('0')
  const settings = JSON.parse(readFileSync(join(console.dataDir, 'settings.json'), 'utf8')) as Record<string, unknown>
  expect(settings['stream']).toEqual({ topics: '^(metrics-|telegraf$)' })
  await console.quit()

  const again = await launch({ dataDir: console.dataDir })
  await expect((await again.window()).getByRole('group', { name: 'web-01 CPU', exact: true })).toContainText('77.5')
})

test('a variable that sets the topics is said, and what is found cannot be read', async ({ launch, producer }) => {
  await producer.sendRaw('telegraf', cpuLine('web-01', 25.8))
  const console = await launch({ env: { KAFKA_TOPIC_PATTERN: '^metrics-' } })
  const window = await console.window()
  await window.getByRole('button', { name: 'Find metrics' }).click()
  const dialog = window.getByRole('dialog', { name: 'Find metrics' })
  await expect(dialog.getByRole('row').filter({ hasText: 'telegraf' })).toContainText('Telegraf lines')
  await expect(dialog.getByRole('textbox', { name: 'Pattern then' })).toHaveAccessibleDescription(
    /^KAFKA_TOPIC_PATTERN sets the topics/,
  )
  await expect(dialog.getByRole('checkbox')).toHaveCount(0)
  await expect(dialog.getByRole('button', { name: 'Read' })).toBeDisabled()
  await window.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
})
