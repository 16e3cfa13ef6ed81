import { dayMs } from '#shared/format/time-units.ts'
import type { IpcFailure } from '#shared/ipc/contract.ts'
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
  /** Why they are not known: charts lack old bands and the marks of old acknowledgements. */
  problem = $state.raw<IpcFailure>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

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
    this.problem = result.ok ? undefined : result.error
    this.entries = result.ok ? result.value.entries.filter((entry) => entry.kind === 'alert') : []
  }
}
