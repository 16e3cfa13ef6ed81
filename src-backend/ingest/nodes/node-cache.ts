import type { NodeState } from './node-state.ts'

const rememberAtMost = 50_000

/**
 * Nodes as this replica saved them last, so that a row which nobody has changed since is not read and parsed again.
 * **Invariant**: what is in here was committed, and is used only under the lock of its row, and only while the row is
 * still of the transaction that saved it.
 */
export class NodeCache {
  readonly #nodes = new Map<string, { readonly node: NodeState; readonly savedBy: string }>()

  /**
   * For changes: it is in here no more until it is kept again.
   * @param savedBy which transaction the locked row is of
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
    if (this.#nodes.size + nodes.length > rememberAtMost) this.#nodes.clear()
    for (const node of nodes) this.#nodes.set(node.nodeId, { node, savedBy })
  }

  /** A server that another one took the place of may give the number of a lost transaction again. */
  forget(): void {
    this.#nodes.clear()
  }
}
