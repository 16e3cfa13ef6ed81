import type { Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { expect, test } from './fixtures.ts'

const storm = 'preview.html?nodes=500&names=roles&storm=200&session=operator&still#/alerts'
const few = 'preview.html?nodes=12&still#/alerts'

const table = (page: Page) => page.getByRole('grid', { name: 'Alerts' })
const rows = (page: Page) => table(page).getByRole('row')
const bar = (page: Page) => page.getByRole('toolbar', { name: 'Selected alerts' })
const toast = (page: Page) => page.getByRole('status', { name: 'Acknowledgement' })
/** Keys count as soon as the page knows what its user may do. */
const mayAct = (page: Page) => expect(page.getByRole('button', { name: 'Acknowledge', exact: true })).toBeEnabled()
const link = (page: Page) => page.getByRole('link', { name: /unacknowledged alerts$/ })

test('all that is listed is acknowledged by keyboard, with the number on the button, and undone by one key', async ({
  open,
}) => {
  const page = await open(storm)
  await expect(link(page)).toContainText('205')
  await table(page).focus()
  await page.keyboard.press('Control+a')
  await expect(bar(page)).toContainText('205 selected')
  await expect(page.getByRole('button', { name: /^Acknowledge 205 alerts/ })).toBeVisible()
  await page.keyboard.press('a')
  await expect(toast(page)).toContainText('Acknowledged 205 alerts')
  await expect(link(page)).toHaveCount(0)
  await page.keyboard.press('z')
  await expect(link(page)).toContainText('205')
})

test('a storm is grouped by rule; a group is marked by its box, folded, and the rest stays', async ({ open }) => {
  const page = await open(storm)
  await expect(page.getByText('Storm: 201 new alerts')).toBeVisible()
  const group = rows(page).filter({ hasText: 'Memory usage > 85' })
  await group.getByRole('checkbox').click()
  await expect(bar(page)).toContainText('20 selected')
  await expect(bar(page)).toContainText('20 warning')
  await page.keyboard.press('a')
  await expect(link(page)).toContainText('185')
  await page.getByRole('radio', { name: 'None' }).click()
  await expect(rows(page).filter({ hasText: 'CPU usage > 95' })).toHaveCount(0)
})

test('a click on a box marks without moving the selection, and Shift marks the range', async ({ open }) => {
  const page = await open(few)
  const box = (n: number) => rows(page).nth(n).getByRole('checkbox')
  await box(2).click()
  await expect(rows(page).nth(1)).toHaveAttribute('aria-selected', 'true')
  await box(4).click({ modifiers: ['Shift'] })
  await expect(bar(page)).toContainText('3 selected')
  await page.keyboard.press('Escape')
  await expect(bar(page)).toHaveCount(0)
})

test('the filter finds by node, metric and person, and Esc leaves it', async ({ open }) => {
  const page = await open(few)
  await table(page).focus()
  await page.keyboard.press('/')
  await page.keyboard.type('memory')
  await expect(rows(page).filter({ hasText: 'node-12' })).toHaveCount(1)
  await expect(rows(page).filter({ hasText: 'node-2 ' })).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(table(page)).toBeFocused()
  await expect(rows(page).filter({ hasText: 'node-2' })).not.toHaveCount(0)
})

test('the line that offers to undo never covers the bar of marked alerts', async ({ open }) => {
  for (const size of [
    { width: 900, height: 700 },
    { width: 1360, height: 860 },
  ]) {
    const page = await open(few, size)
    await mayAct(page)
    await table(page).focus()
    await page.keyboard.press('a')
    await expect(toast(page)).toContainText('Acknowledged')
    await page.keyboard.press('x')
    await expect(bar(page)).toBeVisible()
    await expect(async () => {
      const [below, above] = [await bar(page).boundingBox(), await toast(page).boundingBox()]
      expect(above && below && above.y + above.height <= below.y).toBe(true)
    }).toPass()
  }
})

test('a comment on many is one note each, and the details of one show it', async ({ open }) => {
  const page = await open(few)
  await mayAct(page)
  await table(page).focus()
  await page.keyboard.press('x')
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await page.keyboard.press('c')
  const dialog = page.getByRole('dialog', { name: 'Comment on 2 alerts' })
  await dialog.getByRole('textbox').fill('moved the batch job')
  await page.keyboard.press('Enter')
  await expect(toast(page)).toContainText('Commented on 2 alerts.')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('list', { name: 'Timeline' })).toContainText('anna: “moved the batch job”')
  await page.keyboard.press('m')
  await expect(page.getByRole('region', { name: 'Alert details' })).toContainText(/In charge\s*anna/)
})

test('an end of more than a day asks for a comment at its field', async ({ open }) => {
  const page = await open(few)
  const form = page.getByRole('form', { name: 'Acknowledge' })
  await form.getByText('Until…').click()
  await form.getByLabel('End of the acknowledgement').fill('2099-01-01T08:00')
  await form.getByRole('button', { name: 'Acknowledge until then' }).click()
  await expect(form).toContainText('Write a comment')
  await expect(form.getByRole('textbox', { name: 'Comment' })).toHaveAttribute('aria-invalid', 'true')
  await form.getByRole('textbox', { name: 'Comment' }).fill('new disk on Monday')
  await form.getByRole('textbox', { name: 'Comment' }).press('Enter')
  await expect(toast(page)).toContainText('Acknowledged')
})

test('what fired while nobody was there is said once; opening a row removes its dot', async ({ open }) => {
  const page = await open('preview.html?nodes=12&away#/alerts')
  const strip = page.getByText(/While you were away: \d+ fired, \d+ resolved, \d+ still fires?/)
  await expect(strip).toBeVisible()
  const dots = table(page).getByRole('img', { name: 'Unseen' })
  await expect(dots).toHaveCount(2)
  await expectAccessible(page)
  await rows(page)
    .filter({ has: page.getByRole('img', { name: 'Unseen' }) })
    .first()
    .click()
  await expect(dots).toHaveCount(1)
  await page.getByRole('button', { name: /^Show the/ }).click()
  await expect(strip).toHaveCount(0)
  await expect(table(page)).toContainText('resolved')
  await page.getByRole('button', { name: 'Show all alerts' }).click()
  await expect(page.getByText('Only what fired while you were away')).toHaveCount(0)
})

test.describe('accessible', () => {
  for (const theme of ['dark', 'light']) {
    test(`a storm with a marked group, ${theme}`, async ({ open }) => {
      const page = await open(storm.replace('#', `&theme=${theme}#`))
      await table(page).focus()
      await page.keyboard.press('x')
      await expect(bar(page)).toBeVisible()
      await expectAccessible(page)
    })
  }
})

test('of 2,000 alerts only the rows in view exist, also while the list is scrolled', async ({ open }) => {
  const page = await open('preview.html?nodes=2000&names=roles&storm=2000&session=operator&still#/alerts')
  await expect(link(page)).toContainText(/200\d/)
  await page.getByRole('radio', { name: 'None' }).click()
  await expect(rows(page)).not.toHaveCount(0)
  const counts = await table(page).evaluate(async (grid) => {
    const seen: number[] = []
    for (let i = 0; i < 60; i++) {
      grid.scrollBy(0, 400)
      await new Promise(requestAnimationFrame)
      seen.push(grid.querySelectorAll('[role="row"]').length)
    }
    return seen
  })
  expect(Math.min(...counts)).toBeGreaterThan(5)
  expect(Math.max(...counts)).toBeLessThan(80)
})
