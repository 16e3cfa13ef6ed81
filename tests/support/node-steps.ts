/** Steps that show a node in the window and let its CPU usage breach. */
import { expect as playwrightExpect, type Page } from '@playwright/test'
import { isOfflineRule, type OfflineRule } from '#shared/rule/rule.ts'
import type { FieldProducer } from './field-producer.ts'
import type { RunningConsole } from './running-console.ts'
import { call } from './sound-steps.ts'
import { breachUntilAlert } from './window-steps.ts'

const expect = playwrightExpect.configure({ timeout: 20_000 })

/** Metrics of a node without a breach. */
export const calm = { cpu_usage: 20.5, memory_usage: 40.1, disk_io: 3.2, network_traffic: 9.9 }

/** The same with a CPU usage above the levels of `addCpuThreshold`. */
export const hot = { ...calm, cpu_usage: 97.2 }

/**
 * Nodes are offline after an hour without a record, not after a minute. A test does not send all the time, and on a busy
 * computer its steps take minutes: an alert that a node is offline would be one too many.
 */
export async function allowSilence(window: Page): Promise<void> {
  const stock = async () =>
    (await call(window, 'rules.list', {})).filter((rule): rule is OfflineRule => isOfflineRule(rule))
  // A console of a team receives it from Kafka. Until its connection is open, a console refuses the call.
  await expect(async () => expect(await stock()).toHaveLength(1)).toPass({ timeout: 20_000 })
  for (const { id, version, scope, severity } of await stock()) {
    const draft = { kind: 'offline' as const, scope, severity, seconds: 3_600, enabled: true }
    await call(window, 'rules.save', { id, version, draft })
  }
}

/** Starts a console and shows a calm node in its window. Nodes may be silent. */
export async function openWithNode(
  launch: () => Promise<RunningConsole>,
  producer: FieldProducer,
  nodeId: string,
): Promise<{ readonly console: RunningConsole; readonly window: Page }> {
  const console = await launch()
  const window = await console.window()
  await allowSilence(window)
  await showNode(window, producer, nodeId)
  return { console, window }
}

/** Sends a calm record of the node and waits until the window shows the node. */
export async function showNode(window: Page, producer: FieldProducer, nodeId: string): Promise<void> {
  await producer.send({ nodeId, at: Date.now(), metrics: calm })
  await expect(window.getByRole('region', { name: nodeId })).toBeVisible()
}

/** Sends hot records until the new threshold on the node opens an alert. Opens the Alerts page. */
export async function breach(window: Page, producer: FieldProducer, nodeId: string): Promise<void> {
  await breachUntilAlert(window, () => producer.send({ nodeId, at: Date.now(), metrics: hot }), nodeId)
}
