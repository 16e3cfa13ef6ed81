import type { NodeAlert, AlertEvent } from './alert.ts'

/** From when to when (event time, epoch ms) a node was offline. */
type Offline = Pick<NodeAlert, 'openedAt' | 'resolvedAt'>

/**
 * The timeline of an alert with the times in which it was stale: its node was offline, so nobody knows whether its value
 * breached. They follow from the offline alerts of the node, so every console has the same.
 * @param events oldest first
 * @param offline offline alerts of the node, any order
 */
export function withStaleLines(
  events: readonly AlertEvent[],
  { id: alertId, kind, openedAt, resolvedAt = Infinity }: NodeAlert,
  offline: readonly Offline[],
): AlertEvent[] {
  if (kind === 'offline') return [...events]
  const lines = offline.flatMap((node): AlertEvent[] => {
    const from = Math.max(node.openedAt, openedAt)
    const to = node.resolvedAt ?? Infinity
    if (from >= Math.min(to, resolvedAt)) return []
    const back: AlertEvent[] = to < resolvedAt ? [{ alertId, kind: 'returned', at: to }] : []
    return [{ alertId, kind: 'stale', at: from }, ...back]
  })
  return lines.length === 0 ? [...events] : [...events, ...lines].toSorted((a, b) => a.at - b.at)
}
