import type { ReadStore } from '../store/read-store.ts'
import type { HeadCopy } from '../threads/read-calls.ts'

const everything = { from: 0, to: 8.64e15 }

/** Event time of a node's oldest record in the cache, epoch ms; `null` without a record. */
export function oldestCachedAt(store: ReadStore, head: HeadCopy | null, nodeId: string): number | null {
  const node = store.node(nodeId)
  const [oldest] = node ? store.page(node, everything, { after: -1, limit: 1 }) : []
  return olderOf(oldest?.chunk.header.t0 ?? null, head)
}

/** The older of a time and the head's oldest record. */
export function olderOf(at: number | null, head: HeadCopy | null): number | null {
  const first = Math.min(at ?? Infinity, ...firstOf(head))
  return Number.isFinite(first) ? first : null
}

/** All times of the head, because its records are in order of arrival. */
function firstOf(head: HeadCopy | null): Float64Array {
  return head ? head.at : new Float64Array(0)
}
