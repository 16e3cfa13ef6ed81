/** The page Metrics of a node with more series than there is room for charts. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

const telegraf = 'preview.html?series=telegraf#/metrics/node-1'
const series = (page: Page) => page.getByRole('grid', { name: 'Series' })
const rowOf = (page: Page, text: string | RegExp) => series(page).getByRole('row').filter({ hasText: text })
const chart = (page: Page, name: string) => page.getByRole('main').getByRole('region', { name, exact: true })
const filter = (page: Page) => page.getByRole('searchbox', { name: 'Filter series' })

test('the four are large until a series is chosen, and then on top of its chart', async ({ open }) => {
  const page = await open(telegraf)
  await expect(page.getByRole('img', { name: /in this range/ })).toHaveCount(4)
  const large = (await chart(page, 'CPU usage').boundingBox())?.height ?? 0
  await rowOf(page, 'usage_user').click()
  await expect(chart(page, 'cpu.usage_user cpu=cpu-total')).toContainText('%')
  await expect(page.getByRole('img', { name: /in this range/ })).toHaveCount(5)
  const small = (await chart(page, 'CPU usage').boundingBox())?.height ?? 0
  expect(small).toBeLessThan(large / 2)
  await rowOf(page, 'usage_system').click()
  await expect(chart(page, 'cpu.usage_system cpu=cpu-total')).toBeVisible()
  await expect(chart(page, 'cpu.usage_user cpu=cpu-total')).toHaveCount(0)
})

test('the four come first, wherever they are among the series: on Metrics and in the panel of a node', async ({
  open,
}) => {
  const four = ['CPU usage', 'Memory usage', 'Disk I/O', 'Network traffic']
  const page = await open(telegraf)
  const charts = page
    .getByRole('main')
    .getByRole('region')
    .filter({ has: page.getByRole('img', { name: /in this range/ }) })
  await expect(charts).toHaveCount(4)
  expect(await charts.evaluateAll((all) => all.map((chart) => chart.getAttribute('aria-label')))).toEqual(four)
  const overview = await open('preview.html?nodes=48&series=telegraf#/overview')
  await overview.getByRole('listbox', { name: 'Fleet' }).getByRole('option').first().waitFor()
  await overview.keyboard.press('j')
  const panel = overview.getByRole('region', { name: /^node-\d+$/ })
  await expect(panel).toContainText(/17\d more metrics/)
  const labels = panel.locator('.label')
  await expect(labels.nth(3)).toBeVisible()
  expect((await labels.allTextContents()).slice(0, 4)).toEqual(['CPU', 'Memory', 'Disk I/O', 'Network'])
})

test('the commands of a node are on one line, beside either list', async ({ open }) => {
  for (const at of ['preview.html?nodes=4#/metrics/node-1', telegraf]) {
    const page = await open(at)
    const button = (name: string) => page.getByRole('main').getByRole('button', { name: new RegExp(`^(${name})`) })
    await expect(async () => {
      const boxes = ['Pause|Live', 'Export CSV', 'Forget node'].map((name) => button(name).boundingBox())
      const [first, ...others] = (await Promise.all(boxes)).map((box) => box?.y)
      expect([at, ...others]).toEqual([at, first, first])
    }).toPass()
  }
})

test('the filter looks at measurement and tag, marks what it found, and names groups without a match', async ({
  open,
}) => {
  const page = await open(telegraf)
  await expect(page.getByText('180 series', { exact: true })).toBeVisible()
  await page.keyboard.press('/')
  await expect(filter(page)).toBeFocused()
  await page.keyboard.type('usage_')
  await expect(page.getByText('14 of 180')).toBeVisible()
  await expect(page.getByText(/^No match in disk 28, diskio 22, mem 11, net 16, system 8, Other 1$/)).toBeVisible()
  await expect(rowOf(page, 'usage_user').locator('mark')).toHaveText('usage_')
  await expect(rowOf(page, 'usage_nice')).toHaveCount(0)
  await rowOf(page, '4 more').click()
  await expect(rowOf(page, 'usage_nice')).toBeVisible()
  await filter(page).fill('cpu3 idle')
  await expect(page.getByText('1 of 180')).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(chart(page, 'cpu.usage_idle cpu=cpu3')).toBeVisible()
  await filter(page).fill('nothing-like-it')
  await expect(page.getByText('No series matches “nothing-like-it”.')).toBeVisible()
  await filter(page).press('Escape')
  await expect(rowOf(page, 'usage_user')).toBeVisible()
})

test('chips choose the tag of a group', async ({ open }) => {
  const page = await open(telegraf)
  const chips = rowOf(page, 'cpu-total')
  await expect(chips.getByRole('button', { pressed: true })).toHaveText('cpu-total')
  await chips.getByRole('button', { name: 'cpu0' }).click()
  await rowOf(page, 'usage_user').click()
  await expect(chart(page, 'cpu.usage_user cpu=cpu0')).toBeVisible()
  await chips.getByRole('button', { name: /^\d more$/ }).click()
  await series(page).getByRole('button', { name: 'cpu7' }).click()
  await rowOf(page, 'usage_user').click()
  await expect(chart(page, 'cpu.usage_user cpu=cpu7')).toBeVisible()
})

test('keys: j and k move, Enter shows, p pins, and the pins stay', async ({ open }) => {
  const page = await open(telegraf)
  await series(page).waitFor()
  for (const key of ['j', 'j', 'j', 'k', 'Enter']) await page.keyboard.press(key)
  await expect(chart(page, 'cpu.usage_system cpu=cpu-total')).toBeVisible()
  await page.keyboard.press('p')
  await expect(rowOf(page, 'Pinned')).toContainText('for all nodes')
  await series(page).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('p')
  await expect(chart(page, 'cpu.usage_iowait cpu=cpu-total')).toBeVisible()
  await page.keyboard.press('p')
  await expect(rowOf(page, 'Pinned')).toContainText('1 for this node')

  const again = await open('preview.html?kept&series=telegraf#/metrics/node-1')
  await expect(rowOf(again, 'Pinned')).toContainText('2')
  await expect(chart(again, 'cpu.usage_iowait cpu=cpu-total')).toBeVisible()
  const other = await open('preview.html?kept&series=telegraf#/metrics/node-2')
  await expect(chart(other, 'cpu.usage_system cpu=cpu-total')).toBeVisible()
  await expect(rowOf(other, 'Pinned')).toContainText('for all nodes')
  await expect(chart(other, 'cpu.usage_iowait cpu=cpu-total')).toHaveCount(0)
})

test('another node, and back to its series', async ({ open }) => {
  const page = await open(telegraf)
  await series(page).waitFor()
  await page.keyboard.press('n')
  await page.getByRole('option', { name: /node-2/ }).click()
  await expect(page.getByTitle('node-2: choose another node')).toBeVisible()
  await expect(page).toHaveURL(/node-2$/)
  await page.getByTitle('node-2: choose another node').click()
  // This one has no series but those of ReMo.
  await page.getByRole('option', { name: /node-4/ }).click()
  await expect(page.getByRole('listbox', { name: 'Nodes' })).toBeVisible()
  await expect(page.getByRole('img', { name: /in this range|no data/ })).toHaveCount(4)
})

test('of 2,000 series, only the rows in view exist', async ({ open }) => {
  const page = await open('preview.html?series=2000#/metrics/node-1')
  await expect(page.getByText('2,001 series', { exact: true })).toBeVisible()
  await filter(page).fill('usage')
  await expect(rowOf(page, 'usage_user')).toBeVisible()
  await rowOf(page, /^\d+ more$/)
    .first()
    .click()
  expect(await series(page).getByRole('row').count()).toBeLessThan(80)
})
