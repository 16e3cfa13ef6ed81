/** From a topic whose JSON has a shape of its own to its values in the window, after a restart too. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './fixtures.ts'

const record = (oilTemp: number): string =>
  JSON.stringify({
    machine: { serial: 'PL-0417', label: 'Press 4', line: 'north' },
    meta: { measuredAt: Date.now(), fw: '2.11' },
    readings: [
      { kind: 'oil_temp', v: oilTemp, u: '°C' },
      { kind: 'vibration', v: 2.25, u: 'mm/s' },
      { kind: 'strokes', v: 31, u: '1/min' },
      { kind: 'door', v: 'shut', u: null },
    ],
  })

test('a topic of its own shape is found, mapped, read from then on, and after a restart', async ({
  launch,
  producer,
}) => {
  for (const oilTemp of [60.5, 61, 61.5]) await producer.sendRaw('press-line', record(oilTemp))
  const console = await launch()
  const window = await console.window()
  await expect(window.getByText('No topic matches ^metrics- yet.')).toBeVisible()
  await window.keyboard.press('f')
  const found = window.getByRole('dialog', { name: 'Find metrics' }).getByRole('row').filter({ hasText: 'press-line' })
  await found.getByRole('button', { name: 'Map fields…' }).click()

  await expect(window.getByRole('heading', { name: 'Mapping for press-line' })).toBeVisible()
  await expect(window.getByRole('button', { name: 'machine.serial: "PL-0417"' })).toBeVisible()
  const fields = {
    Node: 'machine.serial',
    'Shown name': 'machine.label',
    Time: 'meta.measuredAt',
    Values: 'readings[*]',
    'Name in it': 'kind',
    'Value in it': 'v',
    'Unit in it': 'u',
    Prefix: 'press.',
  }
  for (const [name, path] of Object.entries(fields)) await window.getByRole('textbox', { name, exact: true }).fill(path)
  const outcome = window.getByRole('grid', { name: 'Metrics of the records' }).getByRole('row').nth(1)
  await expect(outcome).toContainText('press.oil_temp')
  await expect(outcome).toContainText('61.5')
  await window.keyboard.press('Control+s')
  // The page is loaded anew with the connection.
  await expect(window.getByRole('textbox', { name: 'pattern' })).toHaveValue('^(metrics-|press-line$)')
  const settings = JSON.parse(readFileSync(join(console.dataDir, 'settings.json'), 'utf8')) as Record<string, unknown>
  expect(settings['stream']).toMatchObject({ mappings: [{ topic: 'press-line', node: 'machine.serial' }] })

  await producer.sendRaw('press-line', record(62.5))
  const source = window.getByRole('grid', { name: 'Sources' }).getByRole('row').filter({ hasText: 'press-line' })
  await expect(source).toContainText('Reading by your mapping', { timeout: 30_000 })
  await window.getByRole('region', { name: 'press-line' }).getByRole('button', { name: 'Open in Metrics' }).click()
  await expect(window).toHaveURL(/#\/metrics\/PL-0417/)
  await expect(window.getByText('press.oil_temp').first()).toBeVisible()
  await expect(window.getByText('62.5').first()).toBeVisible()
  await console.quit()

  const again = await launch({ dataDir: console.dataDir })
  const page = await again.window()
  await producer.sendRaw('press-line', record(63.5))
  await page.getByRole('link', { name: 'Metrics' }).click()
  await expect(page.getByText('63.5').first()).toBeVisible({ timeout: 30_000 })
})
