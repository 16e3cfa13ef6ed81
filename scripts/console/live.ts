import { setTimeout as delay } from 'node:timers/promises'
import { port } from '../stack/settings.ts'

/** Where the console tells its numbers, as it decides it itself. */
export function metricsAddress(): string {
  return `http://127.0.0.1:${port('PROMETHEUS_PORT', 9464)}/metrics`
}

/**
 * Waits until the console reads from Kafka and has fresh values of the nodes.
 * @throws AbortError when `stop` is aborted before that
 */
export async function untilLive(address: string, nodes: readonly string[], stop: AbortSignal): Promise<void> {
  while (!isLive(await textOf(address), nodes)) await delay(200, undefined, { signal: stop })
}

/** Labels may stand in any order, and more of them may come. */
function isLive(text: string, nodes: readonly string[]): boolean {
  const isUp = (node: string) => new RegExp(`^remo_node_up\\{[^}]*node="${node}"[^}]*\\} 1$`, 'm').test(text)
  return /^remo_kafka_connected(\{\})? 1$/m.test(text) && nodes.every(isUp)
}

async function textOf(address: string): Promise<string> {
  try {
    return await (await fetch(address, { signal: AbortSignal.timeout(2_000) })).text()
  } catch {
    return '' // not listening yet
  }
}
