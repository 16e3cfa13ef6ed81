import type { NodeState } from './node-state.ts'

const cachedAtMost = 50_000

/**
 * Nodes as this replica saved them last, so that an unchanged row is not read and parsed again. **Invariant**: every
 * entry was committed. It is used only under the lock of its row. The row must still belong to the transaction that
 * saved the entry.
 */
export class NodeCache {
  readonly #nodes = new Map<string, { readonly node: NodeState; readonly savedBy: string }>()

  /**
   * Takes a node out for changes. Put it back after the commit.
   * @param savedBy transaction that wrote the locked row
   */
  get(nodeId: string, savedBy: string): NodeState | undefined {
    const known = this.#nodes.get(nodeId)
    if (!known) return undefined
    this.#nodes.delete(nodeId)
    if (known.savedBy !== savedBy) return undefined
    known.node.evaluated.clear()
    return known.node
  }

  /** After the commit of the transaction `savedBy`. */
  put(nodes: readonly NodeState[], savedBy: string): void {
    if (this.#nodes.size + nodes.length > cachedAtMost) this.#nodes.clear()
    for (const node of nodes) this.#nodes.set(node.nodeId, { node, savedBy })
  }

  /** After a failover, the new server may use the number of a lost transaction again. */
  forget(): void {
    this.#nodes.clear()
  }
}
