import type { ReadStore } from '../store/read-store.ts'
import type { HeadCopy } from '../threads/read-calls.ts'

const everything = { from: 0, to: 8.64e15 }

/** Event time of the oldest record that is cached of a node, epoch ms; null where there is none. */
export function oldestCachedAt(store: ReadStore, head: HeadCopy | null, nodeId: string): number | null {
  const node = store.node(nodeId)
  const [oldest] = node ? store.page(node, everything, { after: -1, limit: 1 }) : []
  const first = Math.min(oldest?.chunk.header.t0 ?? Infinity, ...firstOf(head))
  return Number.isFinite(first) ? first : null
}

/** Records of a head stand in order of arrival. */
function firstOf(head: HeadCopy | null): Float64Array {
  return head ? head.at : new Float64Array(0)
}
