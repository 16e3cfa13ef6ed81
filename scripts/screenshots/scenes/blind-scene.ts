import type { Kafka } from '../../stack/servers/kafka-server.ts'
import type { PictureConsole } from '../picture-console.ts'

/** Kafka is gone, and the window says so. Kafka stays stopped. */
export async function blindScene(console: PictureConsole, kafka: Kafka): Promise<void> {
  const { page } = console
  await page.getByRole('link', { name: 'Overview' }).click()
  await kafka.stop()
  await page.getByRole('banner').getByRole('status').filter({ hasText: 'Not connected since' }).waitFor()
  await console.take('blind')
}
