import { setTimeout as delay } from 'node:timers/promises'
import { printLine, UserError } from '../bootstrap/console-output.mjs'
import { requireFreePort } from '../process/free-port.ts'
import { portSetting } from '../stack/stack-ports.ts'

/** Port for the console's Prometheus metrics. If another program has it: prints that and returns undefined. */
export async function metricsAddress(): Promise<string | undefined> {
  const wanted = portSetting('PROMETHEUS_PORT', 9464)
  try {
    await requireFreePort(wanted, 'PROMETHEUS_PORT')
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    printLine(`the console serves no Prometheus metrics: ${error.message}`)
    return undefined
  }
  return `http://127.0.0.1:${wanted}/metrics`
}

/**
 * Waits until the console reads from Kafka and has fresh values.
 * @throws AbortError if `stop` is aborted first
 */
export async function waitUntilLive(address: string, nodes: readonly string[], stop: AbortSignal): Promise<void> {
  while (!isLive(await fetchText(address), nodes)) await delay(200, undefined, { signal: stop })
}

/** Labels may have any order, and future versions may add some. Without series of nodes, their number counts. */
function isLive(text: string, nodes: readonly string[]): boolean {
  const isUp = (node: string) => new RegExp(`^remo_node_up\\{[^}]*node="${node}"[^}]*\\} 1$`, 'm').test(text)
  const leftOut = Number(/^remo_nodes_without_series\{reason="off"\} (\d+)$/m.exec(text)?.[1] ?? 0)
  const areUp = leftOut > 0 ? leftOut >= nodes.length : nodes.every(isUp)
  return /^remo_kafka_connected(\{\})? 1$/m.test(text) && areUp
}

async function fetchText(address: string): Promise<string> {
  try {
    return await (await fetch(address, { signal: AbortSignal.timeout(2_000) })).text()
  } catch {
    return '' // not listening yet
  }
}
