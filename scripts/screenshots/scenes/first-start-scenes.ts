import { madeUpHosts } from '../made-up-computer.ts'
import type { PictureConsole } from '../picture-console.ts'

/** The guide of the first start, a test that fails, and the demo. */
export async function firstStartScenes(console: PictureConsole): Promise<void> {
  const { page } = console
  const brokers = page.getByRole('textbox', { name: 'Bootstrap servers', exact: true })
  await page.getByRole('heading', { name: 'Where are your metrics?' }).waitFor()
  await console.take('first-start')

  await brokers.fill(`${madeUpHosts.kafka}:9092`) // it is not started yet
  await brokers.press('Enter')
  const headline = page.getByRole('region', { name: 'Test' }).getByRole('status')
  await headline.filter({ hasText: /^Stopped at/ }).waitFor()
  await console.take('connection-test-failed')

  await page.getByRole('button', { name: 'Start the demo' }).click()
  await page.getByRole('group', { name: 'db-1 CPU' }).waitFor()
  const attention = page.getByRole('region', { name: 'Needs attention' })
  await attention.getByRole('row').filter({ hasText: 'mail-1' }).filter({ hasText: 'Ada' }).waitFor()
  await console.untilCaughtUp()
  await page.getByRole('link', { name: 'Metrics' }).click()
  await page.getByRole('heading', { name: 'CPU usage' }).waitFor()
  await page.getByRole('link', { name: 'Overview' }).click() // draws the whole history
  await console.take('demo')
  await page.getByRole('button', { name: 'Leave the demo' }).click()
  await brokers.waitFor()
}
