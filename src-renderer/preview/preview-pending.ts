import { aPendingAlert } from '#shared/alert/alert-builders.ts'
import type { HeldAlert } from '#shared/alert/held.ts'
import type { PendingAlert } from '#shared/alert/pending.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import type { PreviewFleet } from './preview-fleet.ts'

/** Longer than this, no episode is pending: it starts again just before it would fire. */
const cycleMs = 118_000

/** The pending episodes of the simulated fleet: node 4 becomes critical, and in a larger fleet node 5 a warning. */
export function previewPending(fleet: PreviewFleet, now: number): PendingAlert[] {
  const pending = (node: number, metric: number, more: Partial<PendingAlert>): PendingAlert => {
    const since = now - ((now - fleet.startedAt + (more.since ?? 0)) % cycleMs)
    const { id = '', name = '' } = fleet.nodes[node] ?? {}
    return aPendingAlert({
      alertId: anId(1000 + node),
      nodeId: id,
      nodeName: name,
      metric: fleet.metrics[metric] ?? '',
      value: fleet.value(node, metric, now),
      at: now,
      receivedAt: now,
      ...more,
      since,
      firesAt: since + 120_000,
    })
  }
  const all = [pending(3, 0, { since: 72_000 }), pending(4, 1, { since: 20_000, severity: 'warning', threshold: 90 })]
  return all.filter(({ nodeId }) => nodeId !== '')
}

/** In a larger fleet, the value of node 10 is clear, but not for two minutes yet: it starts again before its alert ends. */
export function previewHeld(fleet: PreviewFleet, now: number): HeldAlert[] {
  const since = now - ((now - fleet.startedAt + 40_000) % cycleMs)
  const held = { alertId: anId(9), next: 'resolved', since, endsAt: since + 120_000, at: now, receivedAt: now } as const
  return fleet.nodes.length > 9 ? [held] : []
}
