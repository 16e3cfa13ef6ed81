/** Steps of tests about popups: thresholds without a delay, and the popups by their words. */
import { expect as playwrightExpect, type Page } from '@playwright/test'
import type { RuleDraft } from '#shared/rule/rule.ts'
import type { FieldProducer } from './field-producer.ts'
import { allowSilence, calm } from './node-steps.ts'
import type { Notifications, NotifyCall } from './notification-daemon.ts'
import type { RunningConsole } from './running-console.ts'
import { call } from './sound-steps.ts'

const expect = playwrightExpect.configure({ timeout: 20_000 })

/** CPU usage of these nodes: from 80 % a warning, from 90 % critical, at once. `pattern`: a regular expression. */
export function cpuThreshold(pattern: string): RuleDraft {
  const levels = { condition: 'greater' as const, warning: 80, critical: 90, forSeconds: 0 }
  return { scope: { kind: 'pattern', pattern }, metric: 'cpu_usage', ...levels, enabled: true }
}

/**
 * Shows a calm node that no threshold matches, so that the console is live, and saves the threshold. Nodes may be silent.
 */
export async function openWithThreshold(
  launch: () => Promise<RunningConsole>,
  producer: FieldProducer,
  pattern: string,
): Promise<{ readonly console: RunningConsole; readonly window: Page }> {
  const console = await launch()
  const window = await console.window()
  await allowSilence(window)
  await producer.send({ nodeId: 'other', at: Date.now(), metrics: calm })
  await expect(window.getByRole('banner').getByRole('status')).toContainText('Live')
  await call(window, 'rules.save', { draft: cpuThreshold(pattern) })
  return { console, window }
}

/** Sends this CPU usage of the node, in percent. */
export const sendCpu = (producer: FieldProducer, nodeId: string, cpu: number): Promise<void> =>
  producer.send({ nodeId, at: Date.now(), metrics: { ...calm, cpu_usage: cpu } })

/** Number of alerts that fire. */
export const firing = (console: RunningConsole): Promise<number | undefined> =>
  console.metric('remo_alerts', 'severity="critical",state="firing"')

/** Sends until the new threshold is evaluated, and so many critical alerts fire. */
export async function sendUntilFiring(
  console: RunningConsole,
  count: number,
  send: () => Promise<void>,
): Promise<void> {
  await expect(async () => {
    await send()
    expect(await firing(console)).toBe(count)
  }).toPass({ timeout: 40_000 })
}

/** "[CRITICAL] node-17 CPU 97.2 % | Since 11:56:20." of each popup that the server received, oldest first. */
export const received = (notifications: Notifications): readonly string[] =>
  notifications.calls().map(({ summary, body }) => `${summary} | ${body}`)

export const lastCall = (notifications: Notifications): NotifyCall | undefined => notifications.calls().at(-1)
