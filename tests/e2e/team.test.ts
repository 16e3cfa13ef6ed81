import type { AlertItem } from '#shared/rest/alerts.ts'
import type { RunningConsole } from '../support/running-console.ts'
import { allowSilence, breach, showNode } from '../support/node-steps.ts'
import { teamUsers } from '../support/team-users.ts'
import { acknowledge, addCpuThreshold, cpuAlertRow, fillSignIn, openSignIn, signIn } from '../support/window-steps.ts'
import { expect, test } from './fixtures.ts'

test.use({ nodes: ['both-1', 'look-1', 'free-1'] })

test('a threshold saved in one console fires in both with one id; an acknowledgement during a backend outage reaches the other', async ({
  launch,
  producer,
  backend,
}) => {
  test.setTimeout(180_000)
  const env = { REMO_BACKEND_URL: backend.url }
  const [ada, olga] = [await launch({ env }), await launch({ env })]
  const [adas, olgas] = [await ada.window(), await olga.window()]
  await signIn(adas, 'admin')
  await signIn(olgas, 'operator')
  await allowSilence(adas)
  await showNode(adas, producer, 'both-1')
  // The backend must know the node too.
  const token = await backend.signIn('admin')
  await expect.poll(async () => (await backend.get<unknown[]>('/api/nodes', token)).length).toBe(1)

  await addCpuThreshold(adas, 'both-1')
  await olgas.getByRole('link', { name: 'Thresholds' }).click()
  await expect(olgas.getByRole('row').filter({ hasText: 'both-1' })).toContainText('90')

  await breach(adas, producer, 'both-1')
  await olgas.getByRole('link', { name: 'Alerts' }).click()
  await expect(cpuAlertRow(olgas, 'both-1')).toBeVisible()
  const official = () => backend.get<AlertItem[]>('/api/alerts?phase=firing', token)
  await expect.poll(async () => (await official()).length).toBe(1)
  const [alert] = await official()
  expect([await idsOf(ada), await idsOf(olga)]).toEqual([[alert?.id], [alert?.id]])

  await backend.stop()
  await expect(
    olgas.getByText(/Metrics and alerts continue\. ReMo sends your acknowledgements when the backend is back/),
  ).toBeVisible()
  await acknowledge(olgas, 'both-1', 'disk swap, back at noon')
  await cpuAlertRow(olgas, 'both-1').click()
  await expect(olgas.getByText('Not sent yet. Your team cannot see it.')).toBeVisible()
  const doneAt = Date.now()

  await backend.run()
  await adas.getByRole('radio', { name: /^Acknowledged/ }).click()
  await expect(cpuAlertRow(adas, 'both-1')).toContainText('disk swap, back at noon', { timeout: 60_000 })
  await cpuAlertRow(adas, 'both-1').click()
  await expect(adas.getByText(/^by olga/)).toBeVisible()
  await expect(olgas.getByText('Not sent yet. Your team cannot see it.')).toHaveCount(0)
  const [acknowledged] = await official()
  expect(acknowledged).toMatchObject({ acknowledged_by: 'olga', comment: 'disk swap, back at noon' })
  expect(Date.parse(acknowledged?.acknowledged_at ?? '')).toBeLessThan(doneAt)
})

test('a viewer sees only buttons that their role permits', async ({ launch, producer, backend }) => {
  test.setTimeout(120_000)
  const console = await launch({ env: { REMO_BACKEND_URL: backend.url } })
  const window = await console.window()
  await signIn(window, 'viewer')
  await showNode(window, producer, 'look-1')
  await window.getByRole('link', { name: 'Thresholds' }).click()
  await expect(window.getByRole('row').nth(1)).toBeVisible()
  await window.getByRole('row').nth(1).click()
  await expect(window.getByText('Your role (viewer) cannot change')).toBeVisible()
  await expect(window.getByRole('button', { name: /^(New threshold|Save threshold|Delete)$/ })).toHaveCount(0)
  await expect(window.getByRole('link', { name: 'Users' })).toHaveCount(0)
})

test('a wrong password shows an error, the keychain keeps the session over a restart, and sign-out deletes it', async ({
  launch,
  backend,
}) => {
  test.setTimeout(120_000)
  const env = { REMO_BACKEND_URL: backend.url }
  const first = await launch({ env })
  const window = await first.window()
  const form = await openSignIn(window)
  await form.getByLabel('Username').fill(teamUsers.operator.username)
  await form.getByLabel('Password', { exact: true }).fill('something else')
  await form.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(form.getByRole('alert')).toContainText(/wrong/i)
  await fillSignIn(window, 'operator')
  await first.quit()

  const second = await launch({ env, dataDir: first.dataDir })
  const again = await second.window()
  await again.getByRole('button', { name: 'olga, operator' }).click()
  await again.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(again.getByRole('form', { name: 'Sign in to ReMo' })).toBeVisible()
  await second.quit()

  const third = await launch({ env, dataDir: first.dataDir })
  await expect((await third.window()).getByText('You are signed out.')).toBeVisible()
})

test('everything is visible without sign-in; an administrator creates a user and disables them', async ({
  launch,
  producer,
  backend,
}) => {
  test.setTimeout(120_000)
  const console = await launch({ env: { REMO_BACKEND_URL: backend.url } })
  const window = await console.window()
  const form = await openSignIn(window)
  await form.getByRole('button', { name: 'Continue without signing in' }).click()
  await showNode(window, producer, 'free-1')
  await signIn(window, 'admin')

  await window.getByRole('link', { name: 'Users' }).click()
  await window.getByRole('button', { name: 'New user' }).click()
  const dialog = window.getByRole('dialog')
  await dialog.getByLabel('Username').fill('grace')
  await dialog.getByLabel('Email').fill('grace@example.com')
  await dialog.getByLabel('Initial password').fill('found a moth in it')
  await dialog.getByRole('button', { name: /^(Make|Create|Add)/ }).click()
  const row = window.getByRole('row').filter({ hasText: 'grace' })
  await expect(row).toContainText('viewer')
  expect(await signInStatus(backend.url, 'grace', 'found a moth in it')).toBe(200)
  await row.click()
  await window.getByRole('button', { name: /^Disable/ }).click()
  await window
    .getByRole('alertdialog')
    .getByRole('button', { name: /^Disable/ })
    .click()
  await expect(row).toContainText(/disabled/i)
  expect(await signInStatus(backend.url, 'grace', 'found a moth in it')).toBe(403)
})

/** Ids of the open alerts in the page. */
async function idsOf(console: RunningConsole): Promise<string[]> {
  const window = await console.window()
  return window.evaluate(async () => {
    const { remo } = globalThis as unknown as {
      remo: Record<'alerts.list', (request: object) => Promise<{ value: Array<{ id: string }> }>>
    }
    return (await remo['alerts.list']({ open: true })).value.map(({ id }) => id)
  })
}

async function signInStatus(url: string, username: string, password: string): Promise<number> {
  const response = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    body: new URLSearchParams({ username, password }),
  })
  return response.status
}
