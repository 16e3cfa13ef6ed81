import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

const at = 'preview.html?nodes=4'
const mapping = '#/stream/mapping/press-line'
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
const value = (page: Page, path: string) => page.getByRole('button', { name: new RegExp(`^${escaped(path)}: `) })
const outcome = (page: Page) => page.getByRole('grid', { name: 'Metrics of the records' })
const save = (page: Page) => page.getByRole('button', { name: /^Save and read/ })
const escaped = (text: string): string => text.replaceAll(/[[\].]/g, String.raw`\$&`)

async function emptied(page: Page): Promise<void> {
  for (const name of ['Node', 'Shown name', 'Time', 'Name in it', 'Value in it', 'Unit in it', 'Values'])
    await field(page, name).fill('')
}

test('by mouse: a click on a value fills one field after the other, and the table shows what comes out', async ({
  open,
}) => {
  const page = await open(`${at}${mapping}`)
  await emptied(page)
  await field(page, 'Node').focus()
  await value(page, 'machine.serial').click()
  await expect(field(page, 'Node')).toHaveValue('machine.serial')
  await value(page, 'machine.label').click()
  await expect(field(page, 'Shown name')).toHaveValue('machine.label')
  await value(page, 'meta.measuredAt').click()
  await value(page, 'readings[2].v').click()
  await expect(field(page, 'Values')).toHaveValue('readings[*]')
  await expect(field(page, 'Value in it')).toHaveValue('v')
  await value(page, 'readings[2].kind').click()
  await value(page, 'readings[2].u').click()
  await expect(field(page, 'Unit in it')).toHaveValue('u')
  await page.getByRole('textbox', { name: 'Prefix' }).fill('press.')
  await expect(outcome(page)).toContainText('press.oil_temp')
  await expect(outcome(page).getByRole('row').nth(1)).toContainText('Press 4')
  await expect(outcome(page).getByRole('row').nth(1)).toContainText('61.5')
  await expect(page.getByText('5 of 5 records read')).toBeVisible()
  await expect(page.getByText('“press.door” is a text: passed over')).toBeVisible()
  await expect(value(page, 'machine.serial')).toHaveAccessibleName('machine.serial: "PL-0417", node')
  await expect(value(page, 'readings[0].v')).toHaveAccessibleName('readings[0].v: 61.5, value')
  await expect(value(page, 'readings[5].v')).toHaveAccessibleName('readings[5].v: "shut", passed over')
  await save(page).click()
  await expect(page).toHaveURL(/#\/stream\/sources\/press-line$/)
  await expect(
    page.getByRole('region', { name: 'press-line' }).getByRole('button', { name: 'Edit mapping' }),
  ).toBeVisible()
})

test('by keyboard alone: from Find metrics to the saved mapping', async ({ open }) => {
  const page = await open(`${at}&sources=few#/stream/find`)
  const find = page.getByRole('dialog', { name: 'Find metrics' })
  await expect(find).toContainText('1 topic that may hold metrics')
  const rows = find.getByRole('row')
  for (
    let i = 0;
    i < 8 && !(await rows.filter({ hasText: 'press-line' }).getAttribute('aria-selected'))?.includes('true');
    i++
  )
    await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/stream\/mapping\/press-line$/)
  await expect(page.getByRole('heading', { name: 'Mapping for press-line' })).toBeVisible()
  await emptied(page)
  await field(page, 'Node').focus()
  await page.keyboard.press('ArrowDown')
  await expect(value(page, 'machine.serial')).toBeFocused()
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect(field(page, 'Shown name')).toHaveValue('machine.label')
  await page.keyboard.press('Escape')
  await expect(field(page, 'Time')).toBeFocused()
  await field(page, 'Values').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowLeft')
  await expect(value(page, 'readings[4].v')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(field(page, 'Values')).toHaveValue('readings[*]')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Enter')
  await expect(field(page, 'Name in it')).toHaveValue('kind')
  await page.keyboard.press('Control+s')
  await expect(page).toHaveURL(/#\/stream\/sources\/press-line$/)
  await expect(page.getByRole('textbox', { name: 'pattern' })).toHaveValue('^(metrics-|press-line$)')
})

test('Ctrl+S saves from a field, too', async ({ open }) => {
  const page = await open(`${at}&mappings=own${mapping}`)
  await field(page, 'Shown name').fill('machine.line')
  await page.keyboard.press('Control+s')
  await expect(page).toHaveURL(/#\/stream\/sources\/press-line$/)
})

test('Save is off until a record is read, and says why', async ({ open }) => {
  const page = await open(`${at}&mappings=own${mapping}`)
  await expect(save(page)).toBeDisabled()
  await expect(save(page)).toHaveAccessibleDescription('Nothing has changed.')
  await field(page, 'Node').fill('')
  await expect(save(page)).toHaveAccessibleDescription('Choose the field that names the node.')
  await field(page, 'Time').fill('meta..at')
  await field(page, 'Time').blur()
  await expect(field(page, 'Time')).toHaveAccessibleDescription(
    'Expected a path such as machine.serial or readings[*].',
  )
  await field(page, 'Time').fill('')
  await field(page, 'Node').fill('nobody')
  await field(page, 'Values').fill('nothing')
  await expect(save(page)).toHaveAccessibleDescription('It reads none of the records.')
})

test('a metric of the house is found by its name, by mouse and by keyboard, and has a row of its own', async ({
  open,
}) => {
  const page = await open(`${at}&mappings=own${mapping}`)
  const cpu = page.getByRole('combobox', { name: 'CPU usage' })
  await expect(cpu).toHaveValue('none')
  await cpu.click()
  await page.keyboard.type('oil')
  await page.getByRole('option', { name: 'press.oil_temp' }).click()
  await expect(cpu).toHaveValue('press.oil_temp')
  const row = outcome(page).getByRole('row').filter({ hasText: 'cpu_usage' })
  await expect(row).toContainText('house metric, from press.oil_temp')
  await expect(row).toContainText('61.5')
  await expect(row).toContainText('%')

  await page.keyboard.press('Control+a')
  await page.keyboard.type('nobody')
  await expect(page.getByText('No metric of the records is called that.')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(cpu).toHaveAttribute('aria-expanded', 'false')
  await expect(cpu).toHaveValue('press.oil_temp')
  await expect(page).toHaveURL(/#\/stream\/mapping\/press-line$/)

  await page.keyboard.press('Control+a')
  await page.keyboard.type('none')
  await expect(page.getByRole('option', { name: 'none' })).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(cpu).toHaveValue('none')
  await expect(row).toHaveCount(0)
})

test('records that are not read say why', async ({ open }) => {
  const page = await open(`${at}&mappings=own&records=mixed${mapping}`)
  await expect(page.getByText('1 of 4 records read')).toBeVisible()
  const reasons = page.getByRole('list', { name: 'Records that are not read' })
  await expect(reasons).toContainText('meta.measuredAt: expected a time, got "x"')
  await expect(reasons).toContainText('1 longer than 64 KiB: not tried here.')
  await page.getByRole('button', { name: 'Older record' }).click()
  await expect(page.getByText('2 of 5')).toBeVisible()
})

test('leaving with changes asks, and another page keeps them', async ({ open }) => {
  const page = await open(`${at}&mappings=own${mapping}`)
  await page.getByRole('textbox', { name: 'Prefix' }).fill('line.')
  await page.keyboard.press('Escape')
  const dialog = page.getByRole('alertdialog')
  await expect(dialog).toContainText('Discard what you changed?')
  await dialog.getByRole('button', { name: 'Keep editing' }).click()
  await page.getByRole('link', { name: 'Alerts' }).click()
  await expect(page.getByRole('grid', { name: 'Alerts' })).toBeVisible()
  await page.goBack()
  await expect(page.getByRole('textbox', { name: 'Prefix' })).toHaveValue('line.')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await dialog.getByRole('button', { name: 'Discard changes' }).click()
  await expect(page).toHaveURL(/#\/stream\/sources\/press-line$/)
})

test('a mapping is removed after a question', async ({ open }) => {
  const page = await open(`${at}&mappings=own${mapping}`)
  await page.getByRole('button', { name: 'Remove mapping' }).click()
  await expect(page.getByRole('alertdialog')).toContainText('Remove the mapping for press-line?')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove mapping' }).click()
  await expect(page).toHaveURL(/#\/stream\/sources\/press-line$/)
})

test('one of a file of the backend is read-only', async ({ open }) => {
  const page = await open(`${at}&session=operator&mappings=file${mapping}`)
  await expect(page.getByText('A file of the backend sets this mapping. To change it, change the file.')).toBeVisible()
  await expect(field(page, 'Node')).toHaveAttribute('readonly', '')
  await expect(save(page)).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Remove mapping' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Save as a file' }).click()
  await expect(page.getByText('Saved as /home/anna/')).toBeVisible()
})

test('one of the team is read-only without a sign-in', async ({ open }) => {
  const page = await open(`${at}&session=never&mappings=team${mapping}`)
  await expect(page.getByText('The team decides how this topic is read. Sign in to map fields')).toBeVisible()
  await expect(field(page, 'Node')).toHaveAttribute('readonly', '')
})

test('somebody else changes it: it says who, and both versions are a choice', async ({ open }) => {
  const page = await open(`${at}&session=operator&mappings=conflict${mapping}`)
  await page.getByRole('textbox', { name: 'Prefix' }).fill('line.')
  await save(page).click()
  const note = page.getByRole('alert').filter({ hasText: 'berta changed this mapping' })
  await expect(note).toBeVisible()
  await expect(save(page)).toBeDisabled()
  await note.getByRole('button', { name: 'Keep mine' }).click()
  await expect(page.getByRole('textbox', { name: 'Prefix' })).toHaveValue('line.')
  await save(page).click()
  await expect(page).toHaveURL(/#\/stream\/sources\/press-line$/)
  await open(`${at}&session=operator&mappings=conflict${mapping}`)
  await page.getByRole('textbox', { name: 'Prefix' }).fill('line.')
  await save(page).click()
  await note.getByRole('button', { name: 'Load theirs' }).click()
  await expect(page.getByRole('textbox', { name: 'Prefix' })).toHaveValue('press.')
  await expect(note).toHaveCount(0)
})

test('where it is kept depends on the sign-in', async ({ open }) => {
  const page = await open(`${at}&session=operator${mapping}`)
  await expect(page.getByText('Kept in the backend, for the whole team.')).toBeVisible()
  await open(`${at}&session=never${mapping}`)
  await expect(page.getByText('Kept on this computer only. Sign in to share it with the team.')).toBeVisible()
})

test('a backend that does not answer: nothing was saved, and nothing is lost', async ({ open }) => {
  const page = await open(`${at}&session=operator&backend=unreachable&mappings=own${mapping}`)
  await page.getByRole('textbox', { name: 'Prefix' }).fill('line.')
  await save(page).click()
  await expect(page.getByRole('alert')).toContainText('The backend does not answer. Nothing was saved.')
  await expect(page.getByRole('textbox', { name: 'Prefix' })).toHaveValue('line.')
})

test('no JSON, no records, no Kafka: each says so', async ({ open }) => {
  const page = await open(`${at}&records=text${mapping}`)
  await expect(page.getByText('The records of this topic are no JSON objects.')).toBeVisible()
  await expect(field(page, 'Node')).toHaveCount(0)
  await open(`${at}&records=none${mapping}`)
  await expect(page.getByText('This topic has no records.')).toBeVisible()
  await expect(save(page)).toBeDisabled()
  await open(`${at}&records=unreachable${mapping}`)
  await expect(page.getByText('Nothing is listening on localhost:9092.')).toBeVisible()
})

test('2,000 values of a record are drawn, the others are counted, and the keys move', async ({ open }) => {
  const page = await open(`${at}&records=large${mapping}`)
  await expect(page.getByText(/more values are not drawn/)).toBeAttached()
  await field(page, 'Node').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('End')
  await expect(page.locator('button:focus')).toHaveAttribute('title', /^points\[6/)
})

test('a source that is not metrics leads to its mapping', async ({ open }) => {
  const page = await open(`${at}#/stream`)
  await page.getByRole('row', { name: /^orders/ }).click()
  await page.getByRole('region', { name: 'orders' }).getByRole('button', { name: 'Map fields…' }).click()
  await expect(page.getByRole('heading', { name: 'Mapping for orders' })).toBeVisible()
})
