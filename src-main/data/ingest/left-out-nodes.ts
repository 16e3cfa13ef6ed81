import { shownText } from '#shared/format/shown-text.ts'
import { minuteMs } from '#shared/format/time-units.ts'
import type { Log } from '#shared/log.ts'
import { isFaultOfRecords } from '../../store/errors.ts'
import type { StoreNotice } from '../../store/store-types.ts'

/** How long a node is left out before it is tried again. */
const retryMs = minuteMs
/** More nodes are only counted. */
const namedAtMost = 3

export interface LeftOutNodesDeps {
  /** All nodes that are evaluated. */
  readonly nodeIds: () => readonly string[]
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
}

/** Evaluates and stores the nodes for which `isIncluded` is true; all nodes without it. */
export type EvaluateNodes = (isIncluded?: (nodeId: string) => boolean) => void

/**
 * Nodes that the evaluation by the clock leaves out, because it fails for them: one node must not stop the evaluation
 * of the others. Each is tried again once a minute.
 */
export class LeftOutNodes {
  readonly #deps: LeftOutNodesDeps
  /** Since when, epoch ms. */
  readonly #since = new Map<string, number>()

  constructor(deps: LeftOutNodesDeps) {
    this.#deps = deps
  }

  /** @throws what is not the fault of one node, such as a full disk */
  run(evaluate: EvaluateNodes): void {
    const now = this.#deps.now()
    // A time in the future: the clock was set back.
    const again = [...this.#since].flatMap(([nodeId, since]) => (now < since || now - since >= retryMs ? [nodeId] : []))
    const isIncluded = (nodeId: string): boolean => !this.#since.has(nodeId)
    try {
      evaluate(this.#since.size === 0 ? undefined : isIncluded)
    } catch (error) {
      if (!isFaultOfRecords(error)) throw error
      this.#inHalves(this.#deps.nodeIds().filter(isIncluded), error, evaluate)
    }
    for (const nodeId of again) {
      this.#since.delete(nodeId)
      this.#some([nodeId], evaluate)
    }
  }

  notices(): readonly StoreNotice[] {
    const nodes = [...this.#since.keys()]
    if (nodes.length === 0) return []
    const what = `ReMo cannot evaluate missing data of ${listed(nodes)}.`
    const offline = nodes.length === 1 ? 'If it goes' : 'If one of them goes'
    const text = `${what} ${offline} offline, no alert opens. The log has the reason.`
    return [{ id: 'nodes-left-out', severity: 'critical', text }]
  }

  #some(nodes: readonly string[], evaluate: EvaluateNodes): void {
    const included = new Set(nodes)
    try {
      evaluate((nodeId) => included.has(nodeId))
    } catch (error) {
      if (!isFaultOfRecords(error)) throw error
      this.#inHalves(nodes, error, evaluate)
    }
  }

  #inHalves(nodes: readonly string[], error: unknown, evaluate: EvaluateNodes): void {
    const [nodeId] = nodes
    if (nodeId === undefined) throw error
    if (nodes.length === 1) {
      this.#deps.log.error('missing data of a node cannot be evaluated', { nodeId, cause: error })
      this.#since.set(nodeId, this.#deps.now())
      return
    }
    const middle = nodes.length >> 1
    this.#some(nodes.slice(0, middle), evaluate)
    this.#some(nodes.slice(middle), evaluate)
  }
}

function listed(nodes: readonly string[]): string {
  const named = nodes.slice(0, namedAtMost).map(shownText).join(', ')
  if (nodes.length <= namedAtMost) return named
  return `${named}, and ${nodes.length - namedAtMost} more`
}
