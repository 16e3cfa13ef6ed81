import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import type { Alert } from '#shared/alert/alert.ts'
import type { Freshness } from '#shared/health/health.ts'
import type { DisplayState } from '../../ui/values/display-state.ts'

/** The open alerts of one node. */
export interface NodeAlerts {
  readonly critical: boolean
  readonly warning: boolean
  /** At least one is not acknowledged. */
  readonly unacknowledged: boolean
  /** Worst severity per metric, for the color of a value. */
  readonly byMetric: ReadonlyMap<string, DisplayState>
}

export const noAlerts: NodeAlerts = { critical: false, warning: false, unacknowledged: false, byMetric: new Map() }

export function alertsByNode(alerts: readonly Alert[], now: number): ReadonlyMap<string, NodeAlerts> {
  const byNode = new Map<
    string,
    { critical: boolean; warning: boolean; unacknowledged: boolean; byMetric: Map<string, DisplayState> }
  >()
  for (const alert of alerts) {
    if (alert.phase !== 'firing') continue
    const entry = byNode.get(alert.nodeId) ?? {
      critical: false,
      warning: false,
      unacknowledged: false,
      byMetric: new Map(),
    }
    byNode.set(alert.nodeId, entry)
    entry[alert.severity] = true
    if (!isAcknowledged(alert, now)) entry.unacknowledged = true
    if (alert.kind === 'value' && entry.byMetric.get(alert.metric) !== 'critical')
      entry.byMetric.set(alert.metric, alert.severity)
  }
  return byNode
}

export function nodeState(alerts: NodeAlerts, freshness: Freshness): DisplayState {
  if (alerts.critical) return 'critical'
  if (alerts.warning) return 'warning'
  return freshness === 'fresh' ? 'ok' : 'unknown'
}

const worst: Record<DisplayState, number> = {
  critical: 0,
  warning: 2,
  'pending-critical': 4,
  'pending-warning': 5,
  unknown: 6,
  ok: 7,
}

/** Order of the fleet: worst first, acknowledged after unacknowledged. */
export function nodeRank(state: DisplayState, alerts: NodeAlerts): number {
  return worst[state] + (state !== 'ok' && state !== 'unknown' && !alerts.unacknowledged ? 1 : 0)
}
