import { calm, hot } from '../support/node-steps.ts'
import { expect, test } from './fixtures.ts'

const minute = 60_000

test('an alert of last night is found by its text, its time is shown as charts, and it is copied', async ({
  launch,
  producer,
}) => {
  // Nine hours ago, for five minutes: the stock threshold fires after two.
  const began = Date.now() - 9 * 60 * minute
  const node = { nodeId: 'night-1', nodeName: 'Night Server' }
  for (let at = began - 3 * minute; at < began + 15 * minute; at += 10_000) {
    const isHot = at >= began && at < began + 5 * minute
    await producer.send({ ...node, at, metrics: isHot ? hot : calm })
  }
  const console = await launch()
  const window = await console.window()
  await expect
    .poll(() => console.metric('remo_kafka_messages_total', 'topic="metrics-night-1"'), { timeout: 60_000 })
    .toBe(108)
  await window.getByRole('link', { name: /^Alerts/ }).click()
  await window.getByRole('radio', { name: 'History' }).click()
  const table = window.getByRole('grid', { name: 'History' })
  await expect(table).toContainText('night-1')

  await window.keyboard.press('/')
  await window.keyboard.type('night ser metric:CPU')
  await window.keyboard.press('Enter')
  const row = table.getByRole('row', { selected: true })
  await expect(row).toContainText(/night-1.*CPU > 95/)
  await expect(row).toContainText('Resolved at')
  const details = window.getByRole('region', { name: 'Alert details' })
  await expect(details.getByRole('list', { name: 'Timeline' })).toContainText('Firing, critical')
  await expect(details.getByRole('img', { name: /^CPU usage: 20\.5.* to 97\.2/ })).toBeVisible()

  await window.keyboard.press('m')
  await expect(window.getByRole('heading', { name: 'night-1' })).toBeVisible()
  await expect(window.getByRole('button', { name: /^Paused/ })).toBeVisible()
  await expect(window.getByRole('img', { name: /^CPU usage: 20\.5.* to 97\.2/ })).toBeVisible()

  await window.getByRole('link', { name: /^Alerts/ }).click()
  await window.getByRole('radio', { name: 'History' }).click()
  await expect(row).toContainText(/night-1.*CPU > 95/)
  await window.keyboard.press('y')
  await expect(window.getByText('Copied the alert.')).toBeVisible()
  const text = await console.app.evaluate(({ clipboard }) => clipboard.readText())
  expect(text.split('\n')).toEqual([
    'CRITICAL night-1 (Night Server): CPU > 95 %, worst 97.2 %',
    expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d to .+, Resolved at 20\.5 %$/),
    'Not acknowledged',
  ])
})
