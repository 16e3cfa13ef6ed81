/** Steps of operators in the window, shared by several tests. */
import { expect as playwrightExpect, type Locator, type Page } from '@playwright/test'
import type { Role } from '#shared/session/role.ts'
import { teamUsers } from './team-users.ts'

/** The same timeout as in the end-to-end stage, also under other runners. */
const expect = playwrightExpect.configure({ timeout: 20_000 })

export async function openSignIn(window: Page): Promise<Locator> {
  await window.getByRole('contentinfo', { name: 'Status' }).getByRole('button', { name: 'Sign in' }).click()
  return window.getByRole('form', { name: 'Sign in to ReMo' })
}

/** Requires the sign-in page. */
export async function fillSignIn(window: Page, role: Role): Promise<void> {
  const { username, password } = teamUsers[role]
  const form = window.getByRole('form', { name: 'Sign in to ReMo' })
  await form.getByLabel('Username').fill(username)
  await form.getByLabel('Password', { exact: true }).fill(password)
  await form.getByRole('button', { name: 'Sign in', exact: true }).click()
  // A user called like the role is named once.
  const name = username === role ? username : `${username}, ${role}`
  await expect(window.getByRole('button', { name, exact: true })).toBeVisible()
}

export async function signIn(window: Page, role: Role): Promise<void> {
  await openSignIn(window)
  await fillSignIn(window, role)
}

/** Does what opens another connection. The page is loaded anew then, and what is done to the old one may be lost. */
export async function untilLoadedAnew(window: Page, act: () => Promise<void>): Promise<void> {
  await window.evaluate(() => void (document.documentElement.dataset['isOld'] = 'yes'))
  await act()
  await expect(window.locator('html[data-is-old]')).toHaveCount(0)
  await window.getByRole('navigation', { name: 'Pages' }).waitFor()
}

/** Creates a threshold on CPU usage with these levels in percent, without a delay. */
export async function addCpuThreshold(
  window: Page,
  nodeId: string,
  levels = { warning: '80', critical: '90' },
): Promise<void> {
  // Banners disappear after the start and move the controls below them.
  await expect(window.getByRole('banner').getByRole('status')).toContainText('Live')
  await window.getByRole('link', { name: 'Thresholds' }).click()
  await window.getByRole('button', { name: 'New threshold' }).click()
  const editor = window.getByRole('form', { name: 'New threshold' })
  await editor.getByRole('button', { name: 'More options' }).click()
  await choose(window, 'Applies to', 'One node')
  await editor.getByRole('combobox', { name: 'Node', exact: true }).pressSequentially(nodeId)
  await window.getByRole('option', { name: nodeId }).click()
  await editor.getByLabel('Warning').fill(levels.warning)
  await editor.getByLabel('Critical').fill(levels.critical)
  await editor.getByLabel('For', { exact: true }).fill('0')
  await editor.getByRole('button', { name: 'Save threshold' }).click()
  await expect(window.getByRole('row').filter({ hasText: nodeId })).toContainText(levels.critical)
}

async function choose(window: Page, label: string, option: string): Promise<void> {
  await window.getByRole('combobox', { name: `${label}:` }).click()
  await window.getByRole('option', { name: option }).click()
}

/** Sends until the new threshold is evaluated: it takes effect a few seconds after it was saved, in event time. */
export async function breachUntilAlert(window: Page, breach: () => Promise<void>, nodeId: string): Promise<void> {
  await window.getByRole('link', { name: 'Alerts' }).click()
  const row = cpuAlertRow(window, nodeId)
  await expect(async () => {
    await breach()
    await expect(row).toBeVisible({ timeout: 1000 })
  }).toPass({ timeout: 30_000 })
}

/** The row of an alert that fires: a pending one is listed as well. Requires the Alerts page. */
export function cpuAlertRow(window: Page, nodeId: string): Locator {
  const rows = window.getByRole('grid', { name: 'Alerts' }).getByRole('row')
  return rows
    .filter({ hasText: nodeId })
    .filter({ hasText: 'CPU usage' })
    .filter({ hasNotText: /fires|pending/ })
}

/** Requires the Alerts page; afterwards it lists acknowledged alerts. */
export async function acknowledge(window: Page, nodeId: string, comment: string): Promise<void> {
  await cpuAlertRow(window, nodeId).click()
  await window.getByRole('textbox', { name: 'Comment' }).fill(comment)
  await window.getByRole('button', { name: 'Acknowledge until resolved' }).click()
  await window.getByRole('radio', { name: /^Acknowledged/ }).click()
}
