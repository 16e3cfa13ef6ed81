import type { Page } from '@playwright/test'
import type { RuleDraft } from '#shared/rule/rule.ts'
import { hot, openWithNode, showNode } from '../support/node-steps.ts'
import { call, crashPlayer, set, shareOf, sounds } from '../support/sound-steps.ts'
import type { Speaker } from '../support/speaker.ts'
import { acknowledge, addCpuThreshold, breachUntilAlert } from '../support/window-steps.ts'
import { expect, test } from './fixtures.ts'

// Alerts, and what comes out of a real sound output.

/** Longer than it takes from an alert to its sound. */
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

test('what must not sound does not: off, no volume, a warning, do not disturb, silenced, acknowledged', async ({
  launch,
  producer,
  speaker,
}) => {
  const nodes = ['off', 'no-volume', 'warning', 'silenced', 'paused', 'control'].map((name) => `still-${name}`)
  const [off = '', noVolume = '', warning = '', silenced = '', paused = '', control = ''] = nodes
  const { console, window } = await openWithNode(() => launch({ env: speaker.env }), producer, off)
  await call(window, 'rules.save', { draft: cpuThreshold('still-.*') })
  const breach = (node: string, cpu = hot.cpu_usage): Promise<void> =>
    breachUntilAlert(
      window,
      () => producer.send({ nodeId: node, at: Date.now(), metrics: { ...hot, cpu_usage: cpu } }),
      node,
    )
  const isSilentAt = async (node: string, cpu?: number): Promise<void> => {
    await breach(node, cpu)
    await expectSilence(speaker)
  }

  await set(window, 'sound.critical', false)
  await isSilentAt(off)
  await set(window, 'sound.critical', true)
  await set(window, 'sound.volume', 0)
  await isSilentAt(noVolume)
  await set(window, 'sound.volume', 100)
  await isSilentAt(warning, 85)
  await silence(window, silenced)
  await expect(async () => {
    await producer.send({ nodeId: silenced, at: Date.now(), metrics: hot })
    expect(await console.metric('remo_silenced_alerts', 'severity="critical"')).toBe(1)
  }).toPass()
  await expectSilence(speaker)
  await set(window, 'notifications.criticalBreaksThrough', false)
  await call(window, 'doNotDisturb.request', { request: '1h' })
  await isSilentAt(paused)
  await set(window, 'notifications.criticalBreaksThrough', true)
  expect(await sounds(console, 'critical', 'played')).toBe(0)

  // Breaking through is audible: the output did record.
  speaker.clear()
  await breach(control)
  await expect.poll(() => speaker.loudSeconds).toBeGreaterThan(0.5)
  await expect.poll(() => speaker.hasEnded).toBe(true)
  await acknowledge(window, control, 'On it')
  await producer.send({ nodeId: control, at: Date.now(), metrics: { ...hot, cpu_usage: 99 } })
  await expect(window.getByRole('grid', { name: 'Alerts' })).toContainText('99')
  await expectSilence(speaker)
})

/** From 80 % a warning, from 90 % critical, at once. */
function cpuThreshold(pattern: string): RuleDraft {
  const levels = { condition: 'greater' as const, warning: 80, critical: 90, forSeconds: 0 }
  return { scope: { kind: 'pattern', pattern }, metric: 'cpu_usage', ...levels, enabled: true }
}

/** All alerts of the node, for an hour. */
async function silence(window: Page, nodeId: string): Promise<void> {
  const now = Date.now()
  const schedule = { kind: 'once' as const, startsAt: now, endsAt: now + 3_600_000 }
  const matchers = [{ name: 'node', operator: '=' as const, value: nodeId }]
  await call(window, 'silences.save', { draft: { matchers, schedule, comment: 'Maintenance' } })
}
