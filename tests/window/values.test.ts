import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

/** The card of one metric. */
const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const chip = (page: Page) => page.locator('header').getByRole('status')

test('values of any size have figures and a unit, and their charts cover them', async ({ open }) => {
  const page = await open('preview.html?values=extreme#/metrics/node-1')
  await expect(card(page, 'CPU usage').getByRole('img')).toHaveAccessibleName(/10\d\.\d\s% to 13[67]\.\d\s%/)
  await expect(card(page, 'Memory usage').getByRole('img')).toHaveAccessibleName(/0\.001\d*\s% to 0\.005\s%/)
  await expect(card(page, 'Disk I/O').getByRole('img')).toHaveAccessibleName(/10[34]\sGB\/s to 14[234]\sGB\/s/)
  await expect(card(page, 'Network traffic').getByRole('img')).toHaveAccessibleName(
    /−1\.[67]\d?e\+308\sMbps to 1\.[67]/,
  )
  await expect(card(page, 'CPU usage').locator('.value')).toHaveText(/^\s*1[0-3]\d\.\d\s*%\s*$/)
  await expect(card(page, 'Memory usage').locator('.value')).toHaveText(/^\s*0\.00\d+\s*%\s*$/)
  await expect(card(page, 'Disk I/O').locator('.value')).toHaveText(/^\s*1\d\d\s*GB\/s\s*$/)
})

test('the chip and the status bar have the age of the newest sample on screen', async ({ open }) => {
  const page = await open('preview.html')
  await expect(chip(page)).toHaveText(/Live · 0\.\d\ss behind$/)
  await expect(page.getByRole('contentinfo')).toContainText(/Lag 0\.\d\ss/)
})

test('a window that lags behind its engine says so, and its nodes are not silent for it', async ({ open }) => {
  const page = await open('preview.html?state=lagging')
  await expect(chip(page)).toHaveText(/Window 2\d\ss behind$/)
  await expect(page.getByText(/^This window shows values from \d\d:\d\d:\d\d/)).toBeVisible()
  await expect(page.getByText('Nothing needs attention.')).toHaveCount(0)
})

test('while the keychain does not answer, nothing that needs a session is offered', async ({ open }) => {
  const page = await open('preview.html?session=keychain')
  await expect(page.getByText('The keychain does not answer, so you are signed out.')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Users' })).toHaveCount(0)
  await page.getByRole('link', { name: /^Alerts/ }).click()
  await expect(page.getByText('Sign in to acknowledge alerts.', { exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Acknowledge/ })).toHaveCount(0)
  await page.getByRole('status').getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('Unlock it to continue your session, or sign in again.')).toBeVisible()
})

test('the signed-out line is one line, once, and goes when it is dismissed', async ({ open }) => {
  const page = await open('preview.html?session=never', { width: 900, height: 700 })
  const line = page.getByRole('status').filter({ hasText: 'You are signed out.' })
  await expect(line).toHaveCount(1)
  expect((await line.boundingBox())?.height).toBeLessThan(45)
  await line.getByRole('button', { name: 'Dismiss' }).click()
  await expect(line).toHaveCount(0)
  await page.getByRole('link', { name: /^Metrics/ }).click()
  await expect(page.getByText('You are signed out.')).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
})

test('the node filter: / selects what is there, Enter opens the best match, no match leaves no charts', async ({
  open,
}) => {
  const page = await open('preview.html?nodes=14#/metrics/node-3')
  const filter = page.getByLabel('Filter nodes')
  await expect(page.getByRole('heading', { name: 'node-3', exact: true })).toBeVisible()
  await page.keyboard.press('/')
  await page.keyboard.type('node-1')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'node-1', exact: true })).toBeVisible()
  await page.keyboard.press('/')
  await page.keyboard.type('server-gamma')
  await expect(filter).toHaveValue('server-gamma')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'node-3', exact: true })).toBeVisible()
  await page.keyboard.press('/')
  await page.keyboard.type('nowhere')
  await expect(page.getByText('No node matches “nowhere”.')).toBeVisible()
  await expect(page.getByRole('img', { name: /CPU usage/ })).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('heading', { name: 'node-3', exact: true })).toBeVisible()
})

test('while paused, the time of the sample stands still', async ({ open }) => {
  const page = await open('preview.html#/metrics/node-1')
  await expect(card(page, 'CPU usage').getByRole('img')).toHaveAccessibleName(/% to .* in this range/)
  await page.getByRole('button', { name: 'Live' }).click()
  const line = page.getByText(/^Sampled .* before \d\d:\d\d:\d\d/)
  const pausedFor = async (): Promise<number> => {
    const text = await page.getByRole('button', { name: /^Paused/ }).innerText()
    return Number(/Paused\s(\d+)\ss/.exec(text)?.[1] ?? 0)
  }
  // What came just before the pause is drawn with the next frame.
  await expect.poll(pausedFor).toBeGreaterThan(0)
  const [before, since] = [await line.innerText(), await pausedFor()]
  // Each node sends every two seconds.
  await expect.poll(pausedFor).toBeGreaterThan(since + 2)
  expect(await line.innerText()).toBe(before)
})

test('while blind, the count of the last minute is unknown', async ({ open }) => {
  const page = await open('preview.html?state=blind')
  await expect(page.getByRole('region', { name: 'Metrics, last minute' })).toContainText('–')
})
