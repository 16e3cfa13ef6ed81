import type { Page } from '@playwright/test'
import type { FieldProducer } from '../support/field-producer.ts'
import { hot, openWithNode, showNode } from '../support/node-steps.ts'
import type { Notifications } from '../support/notification-daemon.ts'
import { cpuThreshold, received } from '../support/popup-steps.ts'
import type { RunningConsole } from '../support/running-console.ts'
import { call, crashPlayer, set, shareOf, sounds } from '../support/sound-steps.ts'
import type { Speaker } from '../support/speaker.ts'
import { acknowledge, addCpuThreshold, breachUntilAlert } from '../support/window-steps.ts'
import { expect, test } from './fixtures.ts'

// Alerts, and what comes out of a real sound output.

test.use({
  nodes: [
    'sound-1',
    'sound-2',
    'still-calm',
    'still-control',
    'still-no-volume',
    'still-off',
    'still-paused',
    'still-silenced',
    'still-warning',
  ],
})

/** Longer than it takes from a popup to its sound. */
const silenceSeconds = 2

/** Nothing is audible from now on, for two seconds of the recording. */
async function expectSilence(speaker: Speaker): Promise<void> {
  speaker.clear()
  await expect.poll(() => speaker.seconds).toBeGreaterThan(silenceSeconds)
  expect(speaker.loudSeconds).toBe(0)
}

test('a critical alert is audible with no window, and again after the page that plays it crashed', async ({
  launch,
  producer,
  speaker,
}) => {
  const { env } = speaker
  const { console: setUp, window } = await openWithNode(() => launch({ env }), producer, 'sound-1')
  await showNode(window, producer, 'sound-2')
  await addCpuThreshold(window, 'sound-1')
  await addCpuThreshold(window, 'sound-2')
  await setUp.quit()
  expect(speaker.loudSeconds).toBe(0)

  const console = await launch({ env, dataDir: setUp.dataDir, args: ['--hidden'] })
  await expect.poll(() => console.metric('remo_kafka_connected')).toBe(1)
  const send = (nodeId: string) => producer.send({ nodeId, at: Date.now(), metrics: hot })
  await expect(async () => {
    await send('sound-1')
    expect(speaker.loudSeconds).toBeGreaterThan(0.5)
  }).toPass()
  await expect.poll(() => speaker.hasEnded).toBe(true)
  expect(shareOf(speaker, 'critical')).toBeGreaterThan(0.3)
  expect(await sounds(console, 'critical', 'played')).toBe(1)

  speaker.clear()
  expect(await crashPlayer(console)).toBe(true)
  await expect(async () => {
    await send('sound-2')
    expect(speaker.loudSeconds).toBeGreaterThan(0.5)
  }).toPass()
  expect(await sounds(console, 'critical', 'played')).toBe(2)
  expect(await sounds(console, 'critical', 'failed')).toBe(0)
})

type Breach = (node: string, cpu?: number) => Promise<void>

/**
 * A node that is calm, and breaches until their alerts are listed. Each node has a threshold of its own, and nothing
 * waits for more alerts: so each alert has its own popup at once, and could sound.
 */
async function openWithThresholds(
  launch: () => Promise<RunningConsole>,
  producer: FieldProducer,
  nodes: readonly string[],
): Promise<{ readonly console: RunningConsole; readonly window: Page; readonly breach: Breach }> {
  const { console, window } = await openWithNode(launch, producer, 'still-calm')
  for (const severity of ['critical', 'warning'] as const) await set(window, `notifications.${severity}WaitSeconds`, 0)
  for (const node of nodes) await call(window, 'rules.save', { draft: cpuThreshold(node) })
  const breach: Breach = (nodeId, cpu = hot.cpu_usage) =>
    breachUntilAlert(
      window,
      () => producer.send({ nodeId, at: Date.now(), metrics: { ...hot, cpu_usage: cpu } }),
      nodeId,
    )
  return { console, window, breach }
}

/** The newest popup is about this node. */
const untilPopup = (notifications: Notifications, nodeId: string): Promise<void> =>
  expect.poll(() => received(notifications).at(-1)).toContain(nodeId)

test('what must not sound does not: off, no volume, a warning', async ({
  launch,
  producer,
  speaker,
  notifications,
}) => {
  const nodes = ['still-off', 'still-no-volume', 'still-warning']
  const { console, window, breach } = await openWithThresholds(() => launch({ env: speaker.env }), producer, nodes)
  await set(window, 'sound.critical', false)
  await breach('still-off')
  await untilPopup(notifications, 'still-off')
  await expectSilence(speaker)
  await set(window, 'sound.critical', true)
  await set(window, 'sound.volume', 0)
  await breach('still-no-volume')
  await untilPopup(notifications, 'still-no-volume')
  await expectSilence(speaker)
  await set(window, 'sound.volume', 100)
  await set(window, 'notifications.warning', true)
  await breach('still-warning', 85)
  await untilPopup(notifications, 'still-warning')
  await expectSilence(speaker)
  expect(await sounds(console, 'critical', 'played')).toBe(0)
  expect(await sounds(console, 'warning', 'played')).toBe(0)
})

test('what is silenced, held back or acknowledged does not sound; what breaks through does', async ({
  launch,
  producer,
  speaker,
}) => {
  const nodes = ['still-silenced', 'still-paused', 'still-control']
  const { console, window, breach } = await openWithThresholds(() => launch({ env: speaker.env }), producer, nodes)
  const send = (nodeId: string, cpu: number) =>
    producer.send({ nodeId, at: Date.now(), metrics: { ...hot, cpu_usage: cpu } })
  await silence(window, 'still-silenced')
  await expect(async () => {
    await send('still-silenced', 97)
    expect(await console.metric('remo_silenced_alerts', 'severity="critical"')).toBe(1)
  }).toPass()
  await expectSilence(speaker)
  await set(window, 'notifications.criticalBreaksThrough', false)
  await call(window, 'doNotDisturb.request', { request: '1h' })
  await breach('still-paused')
  await expect.poll(() => console.metric('remo_notifications_held_back_total', 'kind="critical"')).toBe(1)
  await expectSilence(speaker)
  for (const { id, nodeId } of await call(window, 'alerts.list', { open: true })) {
    if (nodeId === 'still-paused') await call(window, 'alerts.acknowledge', { id, comment: 'On it' })
  }
  await set(window, 'notifications.criticalBreaksThrough', true)
  expect(await sounds(console, 'critical', 'played')).toBe(0)

  // The output did record.
  speaker.clear()
  await breach('still-control')
  await expect.poll(() => speaker.loudSeconds).toBeGreaterThan(0.5)
  await expect.poll(() => speaker.hasEnded).toBe(true)
  expect(await sounds(console, 'critical', 'played')).toBe(1)
  await acknowledge(window, 'still-control', 'On it')
  await send('still-control', 99)
  await expect.poll(() => console.metric('remo_node_cpu_usage_ratio', 'node="still-control"')).toBe(0.99)
  await expectSilence(speaker)
})

/** All alerts of the node, for an hour. */
async function silence(window: Page, nodeId: string): Promise<void> {
  const now = Date.now()
  const schedule = { kind: 'once' as const, startsAt: now, endsAt: now + 3_600_000 }
  const matchers = [{ name: 'node', operator: '=' as const, value: nodeId }]
  await call(window, 'silences.save', { draft: { matchers, schedule, comment: 'Maintenance' } })
}
