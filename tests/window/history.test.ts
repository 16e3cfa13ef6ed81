import type { Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { expect, test } from './fixtures.ts'

const history = 'preview.html?nodes=48&still#/alerts/history'
const report = 'preview.html?nodes=48&still#/alerts/report'

const table = (page: Page) => page.getByRole('grid', { name: 'History' })
const entries = (page: Page) =>
  table(page)
    .getByRole('row')
    .filter({ has: page.getByRole('img') })
const selected = (page: Page) => table(page).getByRole('row', { selected: true })
const details = (page: Page) => page.getByRole('region', { name: 'Alert details' })
const field = (page: Page) => page.getByRole('searchbox', { name: 'Filter the history' })
const bars = (page: Page) => page.getByRole('slider', { name: 'Alerts over time' })
const fired = (page: Page) => page.getByRole('definition').first()
const list = (page: Page) => page.getByRole('region', { name: 'Entries' })
/** How many fired, once that is known. */
async function count(page: Page): Promise<string> {
  await expect(fired(page)).toHaveText(/^\d/)
  return fired(page).innerText()
}
/** What the page puts into the clipboard. */
async function copied(page: Page, act: () => Promise<void>): Promise<string> {
  await page.evaluate(() => {
    const set = DataTransfer.prototype.setData
    DataTransfer.prototype.setData = function (format: string, text: string) {
      document.body.dataset['copied'] = text
      set.call(this, format, text)
    }
  })
  await act()
  await expect(page.locator('body')).toHaveAttribute('data-copied', /./)
  return page.evaluate(() => document.body.dataset['copied'] ?? '')
}

test('the tab lists the last 24 hours by day, and the open alerts stay one click away', async ({ open }) => {
  const page = await open('preview.html?nodes=48#/alerts')
  await page.getByRole('radio', { name: 'History' }).click()
  await expect(page).toHaveURL(/#\/alerts\/history$/)
  await expect(table(page)).toContainText(/Today, \d+ [A-Z]/)
  await expect(fired(page)).toHaveText(/^\d+, \d+ critical$/)
  await page.getByRole('radio', { name: /^Acknowledged/ }).click()
  await expect(page.getByRole('grid', { name: 'Alerts' })).toBeVisible()
  await expect(page.getByRole('radio', { name: /^Acknowledged/ })).toBeChecked()
})

test('keys of the list of open alerts do nothing here', async ({ open }) => {
  const page = await open(history)
  await expect(selected(page)).toHaveCount(1)
  await page.keyboard.press('a')
  await expect(page.getByRole('status', { name: 'Acknowledgement' })).toBeEmpty()
})

test('words, severity and outcome filter the list, and Esc removes the filters', async ({ open }) => {
  const page = await open(history)
  const all = await count(page)
  await page.keyboard.press('/')
  await page.keyboard.type('moved the batch')
  await expect(fired(page)).not.toHaveText(all)
  await field(page).press('Enter')
  await expect(table(page)).toBeFocused()
  await expect(details(page).getByRole('list', { name: 'Timeline' })).toContainText('“moved the batch job”')
  await page.keyboard.press('Escape')
  await expect(field(page)).toHaveValue('')
  await expect(fired(page)).toHaveText(all)

  await page.getByRole('combobox', { name: 'Severity' }).click()
  await page.getByRole('option', { name: 'Warning' }).click()
  await expect(fired(page)).toHaveText(/^\d+$/)
  await page.getByRole('combobox', { name: 'Outcome' }).click()
  await page.getByRole('option', { name: 'Silenced' }).click()
  await expect(entries(page).first()).toContainText('Silenced by ben')
})

test('nothing that matches is said as that, with the way back', async ({ open }) => {
  const page = await open(history)
  await expect(entries(page).first()).toBeVisible()
  await field(page).fill('no such thing')
  await expect(list(page)).toContainText('No known alert of this range matches the filters.')
  await list(page).getByRole('button', { name: 'Remove the filters' }).click()
  await expect(entries(page).first()).toBeVisible()
})

test('one node is listed by the key, by the button on its row, and by what is typed', async ({ open }) => {
  const page = await open(history)
  await entries(page).nth(4).click()
  const node = (await selected(page).getByRole('gridcell').nth(1).textContent())?.trim() ?? ''
  const onlyIt = async (): Promise<void> => {
    await expect(field(page)).toHaveValue(`node:${node}`)
    await expect
      .poll(
        async () =>
          new Set(await table(page).locator('.virtual-row').getByRole('gridcell').nth(1).allTextContents()).size,
      )
      .toBe(1)
  }
  await page.keyboard.press('f')
  await onlyIt()
  await page.keyboard.press('Escape')
  await expect(field(page)).toHaveValue('')
  const row = entries(page)
    .filter({ has: page.getByText(node, { exact: true }) })
    .first()
  await row.hover()
  await row.getByRole('button', { name: `Only ${node}` }).click()
  await onlyIt()
})

test('a drag over the bars lists a part of the range; keys do the same', async ({ open }) => {
  const page = await open(history)
  const all = await count(page)
  const box = await bars(page).boundingBox()
  if (!box) throw new Error('no histogram')
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.75, box.y + 30)
  await page.mouse.up()
  const part = page.getByRole('button', { name: /^[\d :-]+ to [\d :-]+$/ })
  await expect(part).toBeVisible()
  await expect(fired(page)).not.toHaveText(all)
  await part.click()
  await expect(fired(page)).toHaveText(all)

  await bars(page).focus()
  await bars(page).press('Home')
  await expect(bars(page)).toHaveAttribute('aria-valuetext', /: \d+ critical, \d+ warning$/)
  for (let i = 0; i < 3; i++) await bars(page).press('Shift+ArrowRight')
  await bars(page).press('Enter')
  await expect(part).toBeVisible()
  await expect(fired(page)).not.toHaveText(all)
  await page.keyboard.press('Escape')
  await expect(part).toHaveCount(0)
})

test('a long list goes on by itself until its end', async ({ open }) => {
  const page = await open('preview.html?nodes=48&history=many#/alerts/history')
  await page.getByRole('radio', { name: '7 d' }).click()
  // A day has fewer.
  await expect(fired(page)).toHaveText(/^\d{2,},\d{3}, /)
  await expect(entries(page).first()).toBeVisible()
  const count = async (): Promise<number> => Number(await table(page).getAttribute('aria-rowcount'))
  const before = await count()
  await table(page).focus()
  await page.keyboard.press('End')
  await expect.poll(count).toBeGreaterThan(before)
  await page.keyboard.press('End')
  await expect(selected(page)).toBeInViewport()
})

test('details have the worst value, the end, the timeline, and lead to the charts of that time and back', async ({
  open,
}) => {
  const page = await open(history)
  await entries(page).filter({ hasText: 'Resolved at' }).filter({ hasText: 'CPU' }).first().click()
  const node = (await selected(page).getByRole('gridcell').nth(1).textContent())?.trim() ?? ''
  await expect(details(page)).toContainText(/Worst\s*\d/)
  await expect(details(page)).toContainText('Resolved at')
  await expect(details(page).getByRole('img', { name: /in this range/ })).toBeVisible()
  await expect(details(page).getByRole('list', { name: 'Timeline' })).toContainText('Firing, ')
  const row = await selected(page).textContent()
  await page.keyboard.press('m')
  await expect(page).toHaveURL(/#\/metrics\/node-\d+\/\d+$/)
  await expect(page.getByRole('heading', { name: node, exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Paused/ })).toBeVisible()
  await expect(page.getByRole('radio', { name: '30 m' })).toBeChecked()
  await page.getByRole('button', { name: /^Back to the history/ }).click()
  await expect(selected(page)).toHaveText(row ?? '')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: /^Paused/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: /^Live/ })).toBeVisible()
})

test('one alert and the list are copied as text', async ({ open }) => {
  const page = await open(history)
  await entries(page).filter({ hasText: 'Resolved at' }).first().click()
  const one = await copied(page, () => page.keyboard.press('y'))
  expect(one).toMatch(
    /^(CRITICAL|WARNING) node-\d+ \(.*\): .*\n[\d-]+ [\d:]+ to .*, Resolved at .*\n(Not a|A)cknowledged/,
  )
  await expect(page.getByText('Copied the alert.')).toBeVisible()
  await page.getByRole('button', { name: /^Copy as text/ }).click()
  await expect(page.getByText(/^Copied \d+ entries\.$/)).toBeVisible()
  const all = await page.evaluate(() => document.body.dataset['copied'] ?? '')
  expect(all.split('\n')[0]).toMatch(/^Alerts from [\d-]+ [\d:]+ to [\d-]+ [\d:]+ \S+: \d+ alerts$/)
})

test('times without monitoring are rows, and say what they mean', async ({ open }) => {
  const page = await open(history)
  await entries(page).first().click()
  await table(page).focus()
  const blind = table(page).getByRole('row').filter({ hasText: 'Kafka did not answer.' })
  while (!(await blind.isVisible())) {
    const before = (await table(page).getAttribute('aria-activedescendant')) ?? ''
    await page.keyboard.press('PageDown')
    await expect(table(page)).not.toHaveAttribute('aria-activedescendant', before)
    await expect(selected(page)).toBeInViewport()
  }
  await blind.click()
  await expect(details(page)).toContainText('In this time this console read nothing.')
})

test('before an answer and after a failure, nothing says that no alert fired', async ({ open }) => {
  const slow = await open('preview.html?nodes=48&history=slow&still#/alerts/history')
  await expect(list(slow)).toContainText('Reading the history…')
  await expect(list(slow)).not.toContainText(/No .*alert/)
  const broken = await open('preview.html?nodes=48&history=broken#/alerts/history')
  await expect(list(broken)).toContainText('The history is not available.')
  await expect(list(broken)).toContainText('the disk is full')
  await expect(list(broken).getByRole('button', { name: 'Try again' })).toBeVisible()
})

test('an open alert says why its chart and its timeline are missing', async ({ open }) => {
  const page = await open('preview.html?nodes=48&history=broken#/alerts')
  await page.getByRole('grid', { name: 'Alerts' }).getByRole('row').filter({ hasText: 'CPU' }).first().click()
  await expect(details(page)).toContainText('The chart is not available. The local cache cannot be read')
  await expect(details(page)).toContainText('The timeline is not available. The local cache cannot be read')
  const metrics = await open('preview.html?nodes=48&history=broken#/metrics/node-1')
  await expect(metrics.getByText('Alerts of the past are not shown. The local cache cannot be read')).toBeVisible()
})

test('an empty history says so, and a part that is missing is named', async ({ open }) => {
  const empty = await open('preview.html?nodes=48&history=empty#/alerts/history')
  await expect(list(empty)).toContainText('No alert fired in this range.')
  const blind = await open('preview.html?nodes=48&history=empty&state=blind#/alerts/history')
  await expect(list(blind)).toContainText('No alert is known in this range.')
  await blind.getByRole('radio', { name: 'Report' }).click()
  await expect(blind.getByRole('region', { name: 'Alerts by day' })).toContainText('Monitoring is not live.')
  const page = await open('preview.html?nodes=48&history=missing#/alerts/history')
  await page.getByRole('radio', { name: '14 d' }).click()
  await expect(page.getByText(/^The cache has alerts since/)).toBeVisible()
  await field(page).fill('no such thing')
  await expect(list(page)).toContainText('No alert found in what is known of this range.')
})

test('a chosen range with a wrong end says what is wrong', async ({ open }) => {
  const page = await open(history)
  await page.getByRole('radio', { name: 'Custom' }).click()
  await page.getByLabel('to', { exact: true }).fill('2020-01-01T00:00')
  await expect(page.getByText('The end must be after the start.')).toBeVisible()
})

test('the report compares, names what to change first, and opens its threshold and its alerts', async ({ open }) => {
  const page = await open(report)
  await expect(page.getByRole('region', { name: 'Alerts a day' })).toContainText('the week before')
  await expect(page.getByRole('table', { name: 'Alerts by day' }).getByRole('row')).toHaveCount(8)
  const rules = page.getByRole('grid', { name: 'Noisiest rules' })
  await expect(rules.getByRole('row').nth(1)).toContainText('CPU usage > 85')
  await page.keyboard.press('t')
  await expect(page.getByRole('form', { name: /CPU usage, all nodes/ })).toBeVisible()
  await page.goBack()
  await page.getByRole('grid', { name: 'Noisiest nodes' }).getByRole('row').nth(1).dblclick()
  await expect(field(page)).toHaveValue('node:node-1')
  await expect(page.getByRole('radio', { name: '7 d' })).toBeChecked()
  await page.goBack()
  await rules.getByRole('row').nth(2).click()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Memory usage, all nodes' })).toBeVisible()
})

test('a report of one day has hours, and one that the cache does not have says since when it has', async ({ open }) => {
  const page = await open('preview.html?nodes=48&history=missing#/alerts/report')
  await page.getByRole('radio', { name: '24 h' }).click()
  await expect(page.getByRole('table', { name: 'Alerts by hour' }).getByRole('row')).toHaveCount(25)
  await page.getByRole('radio', { name: '30 d' }).click()
  await expect(page.getByText(/^The cache has alerts since/)).toBeVisible()
  await expect(page.getByRole('region', { name: 'Alerts a day' })).toContainText('the 30 days before are not known')
})

test('a report that cannot be read shows no figures', async ({ open }) => {
  const page = await open('preview.html?nodes=48&history=broken#/alerts/report')
  await expect(page.getByRole('region', { name: 'Report' })).toContainText('The report is not available.')
  await expect(page.getByRole('region', { name: 'Never acknowledged' })).toHaveCount(0)
})

test.describe('accessible', () => {
  test('the history', async ({ open }) => {
    const page = await open(history)
    await entries(page).filter({ hasText: 'Resolved at' }).first().click()
    await expect(details(page).getByRole('list', { name: 'Timeline' })).toBeVisible()
    await expectAccessible(page)
  })

  test('the history of a chosen range with a problem, in a small window', async ({ open }) => {
    const page = await open(history, { width: 900, height: 600 })
    await page.getByRole('radio', { name: 'Custom' }).click()
    await page.getByLabel('to', { exact: true }).fill('2020-01-01T00:00')
    await expect(page.getByText('The end must be after the start.')).toBeVisible()
    await expectAccessible(page)
  })

  test('a history that is not available', async ({ open }) => {
    const page = await open('preview.html?nodes=48&history=broken#/alerts/history')
    await expect(list(page)).toContainText('not available')
    await expectAccessible(page)
  })

  test('the report', async ({ open }) => {
    const page = await open(report)
    await expect(page.getByRole('grid', { name: 'Noisiest rules' })).toBeVisible()
    await expectAccessible(page)
  })

  test('the report of a small window', async ({ open }) => {
    const page = await open('preview.html?nodes=48&history=missing#/alerts/report', { width: 900, height: 420 })
    await expect(page.getByRole('grid', { name: 'Noisiest rules' })).toBeVisible()
    await expectAccessible(page)
  })
})
