import { eventually } from '../../../tests/support/field-producer.ts'
import { Notifications } from '../../../tests/support/notification-daemon.ts'
import type { PictureConsole } from '../picture-console.ts'
import type { Team } from '../team.ts'

/** What becomes of one critical alert: pending, notified, acknowledged. */
export async function alertScenes(console: PictureConsole, team: Team): Promise<void> {
  const { page } = console
  await team.acknowledgeAsBen('mail-1', 'The newsletter goes out, done within the hour.')
  const attention = page.getByRole('region', { name: 'Needs attention' })
  const rowOf = (node: string) => attention.getByRole('row').filter({ hasText: node })
  await rowOf('mail-1').filter({ hasText: 'ben' }).waitFor()
  await rowOf('api-2')
    .filter({ hasText: /fires in/ })
    .waitFor()
  await console.take('overview')

  await rowOf('api-2')
    .filter({ hasText: /> 95/ })
    .filter({ hasNotText: /fires in/ })
    .waitFor({ timeout: 120_000 })
  const notifications = new Notifications(console.env)
  await eventually(() => Promise.resolve(requireShown(notifications)))
  await console.takeScreen('notification')
  notifications.clear()

  await page.getByRole('link', { name: /^Alerts/ }).click()
  const rows = page.getByRole('grid', { name: 'Alerts' }).getByRole('row')
  await rows.filter({ hasText: 'api-2' }).first().click()
  await console.take('alerts')
  await page.getByRole('textbox', { name: 'Comment' }).fill('A worker hangs. Restarting it.')
  await console.take('acknowledge')
  await page.getByRole('button', { name: 'Acknowledge until resolved' }).click()
  await page.getByText('Undo').first().waitFor()
  await page.getByRole('radio', { name: /^Acknowledged/ }).click()
  await rows.filter({ hasText: 'mail-1' }).click()
  await page.getByText('The newsletter goes out').last().waitFor()
  await console.take('acknowledged-by-a-colleague')
  await page.getByText('Acknowledged api-2').waitFor({ state: 'hidden' })
}

function requireShown(notifications: Notifications): void {
  if (notifications.displayed() === 0) throw new Error('no notification is shown')
}
