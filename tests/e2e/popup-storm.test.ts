import type { FieldProducer } from '../support/field-producer.ts'
import { calm, hot } from '../support/node-steps.ts'
import { firing, lastCall, openWithThreshold, received, sendUntilFiring } from '../support/popup-steps.ts'
import { sounds } from '../support/sound-steps.ts'
import { expect, test } from './fixtures.ts'

// A storm, as the notification daemon, the tray and a real sound output got it.

test.use({ nodes: ['other', 'rack'] })

const nodes = Array.from({ length: 200 }, (_, i) => `storm-${i + 1}`)

/** All nodes write to one topic, as those of one rack do. */
async function sendRack(producer: FieldProducer, list: readonly string[], metrics: typeof hot): Promise<void> {
  const timestamp = new Date().toISOString()
  for (const node of list)
    await producer.sendRaw('metrics-rack', JSON.stringify({ node_id: node, node_name: node, timestamp, metrics }))
}

test('200 nodes are one popup with the count of now and one sound, and one popup when they recover', async ({
  launch,
  producer,
  notifications,
  speaker,
  tray,
}) => {
  test.setTimeout(150_000)
  const { env } = speaker
  const { console, window } = await openWithThreshold(() => launch({ env }), producer, 'storm-.*')
  await sendUntilFiring(console, 200, () => sendRack(producer, nodes, hot))
  const isStorm = (count: number) => expect.stringMatching(new RegExp(`^\\[CRITICAL\\] Storm: ${count} critical \\| `))
  await expect.poll(() => received(notifications).at(-1)).toEqual(isStorm(200))
  // The popup of the first alert leaves the screen after that.
  await expect.poll(() => notifications.displayed()).toBe(1)
  expect(lastCall(notifications)).toMatchObject({
    body: expect.stringMatching(/^CPU on 200 nodes\. Updated \d\d:\d\d:\d\d\.$/),
    urgency: 'critical',
    isSticky: true,
    buttons: ['Open the list', 'Do not disturb 15 m'],
  })
  await window.getByRole('link', { name: /^Alerts/ }).click()
  await expect(window.getByText('Grouped by rule.')).toBeVisible()
  await expect.poll(() => tray.tooltip()).toContain('200 critical')

  await sendRack(producer, nodes.slice(0, 150), calm)
  await expect.poll(() => received(notifications).at(-1)).toEqual(isStorm(50))
  expect(lastCall(notifications)?.replaces).not.toBe(0)
  expect(notifications.displayed()).toBe(1)
  await expect.poll(() => speaker.hasEnded).toBe(true)

  await sendRack(producer, nodes, calm)
  await expect.poll(() => firing(console)).toBe(0)
  await expect.poll(() => received(notifications).at(-1)).toMatch(/^Resolved: CPU on 200 nodes \| storm-/)
  expect(lastCall(notifications)?.urgency).toBe('low')
  // What fired has left the screen.
  await expect.poll(() => notifications.displayed()).toBe(1)
  const popups = notifications.calls().filter(({ replaces }) => replaces === 0)
  expect(popups.length).toBeLessThanOrEqual(3)
  expect(popups.filter(({ summary }) => summary.startsWith('Resolved'))).toHaveLength(1)
  expect(await sounds(console, 'critical', 'played')).toBe(1)
})
