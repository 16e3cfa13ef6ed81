import { dayMs } from '#shared/format/time-units.ts'
import type { AlertEntry } from '#shared/history/history.ts'
import type { Bridge } from '../../bridge/bridge.ts'

/** An alert of the charts may have fired so long before their left edge. */
const beforeMs = dayMs
/** More than a chart can show. */
const mostEntries = 200

/** The alerts of one node that charts show as bands, with their acknowledgements. */
export class NodeHistory {
  readonly #bridge: Bridge
  #request = 0
  entries = $state.raw<readonly AlertEntry[]>([])

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** Without an answer, charts only lack old bands and the marks of old acknowledgements. */
  async load({
    nodeId,
    from,
    to,
  }: {
    readonly nodeId: string
    readonly from: number
    readonly to: number
  }): Promise<void> {
    const request = ++this.#request
    const filter = { nodeId, from: Math.max(0, from - beforeMs), to: to + 1 }
    const result = await this.#bridge['history.list']({ filter, limit: mostEntries })
    if (request !== this.#request) return
    this.entries = result.ok ? result.value.entries.filter((entry) => entry.kind === 'alert') : []
  }
}
