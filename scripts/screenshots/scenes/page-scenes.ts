import { homedir } from 'node:os'
import { join } from 'node:path'
import { saveAs } from '../../../tests/support/save-dialog.ts'
import type { Fleet } from '../fleet.ts'
import type { PictureConsole } from '../picture-console.ts'

/** Metrics with an export, thresholds with the editor, rejected messages, and the sheet of keys. */
export async function pageScenes(console: PictureConsole, fleet: Fleet): Promise<void> {
  const { page } = console
  await page.getByRole('link', { name: 'Metrics' }).click()
  await page.getByRole('option', { name: /db-1/ }).click()
  await page.getByRole('heading', { name: 'Disk used' }).waitFor()
  await page.getByRole('radio', { name: '1 h' }).click()
  await console.take('metrics')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  await saveAs(console.env, join(homedir(), 'db-1.csv'))
  await page.getByText(/Saved .* rows to/).waitFor()
  await console.take('export-csv')

  await page.getByRole('link', { name: 'Thresholds' }).click()
  await page.getByRole('row').filter({ hasText: 'CPU usage' }).click()
  const preview = page.getByRole('region', { name: 'Preview' })
  await preview.getByText(/^Fired\s/).waitFor()
  await console.take('thresholds')
  await page.getByRole('button', { name: 'New threshold' }).click()
  const editor = page.getByRole('form', { name: 'New threshold' })
  await editor.getByRole('button', { name: 'More options' }).click()
  await page.getByRole('combobox', { name: 'Applies to:' }).click()
  await page.getByRole('option', { name: 'One node' }).click()
  await editor.getByRole('combobox', { name: 'Node', exact: true }).pressSequentially('build-1')
  await page.getByRole('option', { name: 'build-1' }).click()
  for (const [field, value] of Object.entries({ Warning: '90', Critical: '98', 'Clears below': '80' })) {
    await editor.getByLabel(field).fill(value)
  }
  await editor.getByLabel('For', { exact: true }).fill('10m')
  await preview.getByText(/^Would (not )?have fired/).waitFor()
  await console.take('threshold-editor')
  await editor.getByRole('button', { name: /Cancel|Discard/ }).click()

  await fleet.sendText(
    '{"node_id":"camera-7","node_name":"Camera 7","timestamp":"yesterday","metrics":{"cpu_usage":12}}',
  )
  await fleet.sendText('Segmentation fault (core dumped)')
  await page
    .getByRole('button', { name: /^Rejected/ })
    .filter({ hasText: '2' })
    .click()
  await page.getByRole('grid', { name: 'Rejected messages' }).getByRole('row').nth(2).waitFor()
  await console.take('rejected-messages')

  await page.getByRole('link', { name: /^Alerts/ }).click()
  await page.keyboard.press('Control+Shift+M')
  const doNotDisturb = page.getByRole('dialog', { name: 'Do not disturb' })
  await doNotDisturb.getByRole('button', { name: /^1\W*h/ }).click()
  await doNotDisturb.getByText(/held back/).waitFor()
  await console.take('do-not-disturb')
  await doNotDisturb.getByRole('button', { name: 'End now' }).click()
  await page.keyboard.press('Escape')
  await doNotDisturb.waitFor({ state: 'detached' })

  await page.getByRole('button', { name: /^Shortcuts/ }).click()
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await console.take('shortcuts')
  await page.keyboard.press('Escape')
}
