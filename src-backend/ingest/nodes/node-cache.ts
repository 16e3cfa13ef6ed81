import type { NodeState } from './node-state.ts'

/** Some 300 bytes each. */
const seriesAtMost = 500_000

/** A node as it was saved, and the transaction that saved it. */
export interface CachedNode {
  readonly node: NodeState
  readonly savedBy: string
}

/**
 * Nodes as this replica saved them last, so that an unchanged row is not read and parsed again. **Invariant**: every
 * entry was committed. It is used only under the lock of its row. The row must still belong to the transaction that
 * saved the entry. If it does not, that holds for the parts of the node whose rows did not change.
 */
export class NodeCache {
  readonly #nodes = new Map<string, CachedNode>()
  /** Of all nodes. */
  #series = 0

  /** Takes a node out for changes. Put it back after the commit. */
  take(nodeId: string): CachedNode | undefined {
    const known = this.#nodes.get(nodeId)
    if (!known) return undefined
    this.#nodes.delete(nodeId)
    this.#series -= known.node.series.size
    known.node.evaluated.clear()
    known.node.isCached = true
    return known
  }

  /** After the commit of the transaction `savedBy`. */
  put(nodes: readonly NodeState[], savedBy: string): void {
    for (const node of nodes) {
      node.parts.saved(savedBy)
      this.take(node.nodeId)
      this.#series += node.series.size
      this.#nodes.set(node.nodeId, { node, savedBy })
    }
    if (this.#series > seriesAtMost) this.forget()
  }

  /** After a failover, the new server may use the number of a lost transaction again. */
  forget(): void {
    this.#nodes.clear()
    this.#series = 0
  }
}
