import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import { type Alert, isNodeAlert, type NodeAlert } from '#shared/alert/alert.ts'
import { isInhibited, offlineNodes } from '#shared/alert/inhibit.ts'
import { soonestFirst, type PendingAlert } from '#shared/alert/pending.ts'
import type { Freshness } from '#shared/health/health.ts'
import type { DisplayState } from '../../ui/values/display-state.ts'

/** The open alerts of one node. Inhibited and silenced ones do not count. */
export interface NodeAlerts {
  readonly critical: boolean
  readonly warning: boolean
  /** At least one is not acknowledged. */
  readonly unacknowledged: boolean
  /** The node's offline alert fires. */
  readonly offline: boolean
  /** How many of its alerts are silenced. */
  readonly silenced: number
  /** An alert says that data is missing: the node's, or that of a metric. A silenced one, too. */
  readonly missing: boolean
  /** Since when the worst severity fires: event time, epoch ms. */
  readonly since: number
  /** Worst severity per metric, for the color of a value. */
  readonly byMetric: ReadonlyMap<string, DisplayState>
}

export const noAlerts: NodeAlerts = {
  critical: false,
  warning: false,
  unacknowledged: false,
  offline: false,
  silenced: 0,
  missing: false,
  since: Infinity,
  byMetric: new Map(),
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type NodeAlertsDraft = Mutable<Omit<NodeAlerts, 'byMetric'>> & { byMetric: Map<string, DisplayState> }

/** Without the alerts of this console about itself. `now`: epoch ms. */
export function alertsByNode(
  alerts: readonly Alert[],
  now: number,
  isSilenced: (alert: Alert) => boolean = () => false,
): ReadonlyMap<string, NodeAlerts> {
  const offline = offlineNodes(alerts)
  const byNode = new Map<string, NodeAlertsDraft>()
  for (const alert of alerts) {
    if (!isNodeAlert(alert) || alert.phase !== 'firing' || isInhibited(alert, offline)) continue
    const entry = byNode.get(alert.nodeId) ?? { ...noAlerts, byMetric: new Map() }
    byNode.set(alert.nodeId, entry)
    if (isSilenced(alert)) {
      entry.silenced++
      if (alert.kind !== 'value') entry.missing = true
    } else add(entry, alert, now)
  }
  return byNode
}

function add(entry: NodeAlertsDraft, alert: NodeAlert, now: number): void {
  const worse = alert.severity === 'critical' && !entry.critical
  if (worse) entry.since = alert.since
  else if (alert.severity === 'critical' || !entry.critical) entry.since = Math.min(entry.since, alert.since)
  entry[alert.severity] = true
  if (!isAcknowledged(alert, now)) entry.unacknowledged = true
  if (alert.kind === 'offline') entry.offline = true
  if (alert.kind !== 'value') entry.missing = true
  if (alert.kind === 'value' && entry.byMetric.get(alert.metric) !== 'critical')
    entry.byMetric.set(alert.metric, alert.severity)
}

/** Pending alerts of each node, the most urgent one first. `now`: epoch ms. */
export function pendingByNode(
  pending: readonly PendingAlert[],
  now: number,
): ReadonlyMap<string, readonly PendingAlert[]> {
  const byNode = new Map<string, PendingAlert[]>()
  for (const alert of soonestFirst(pending, now)) {
    const list = byNode.get(alert.nodeId)
    if (list) list.push(alert)
    else byNode.set(alert.nodeId, [alert])
  }
  return byNode
}

interface NodeFacts {
  readonly alerts: NodeAlerts
  readonly freshness: Freshness
  /** The most urgent one. */
  readonly pending: PendingAlert | undefined
}

/** A node that sends nothing is not pending: its countdown waits for its next sample. */
export function nodeState({ alerts, freshness, pending }: NodeFacts): DisplayState {
  if (alerts.critical) return 'critical'
  if (alerts.warning) return 'warning'
  if (freshness !== 'fresh') return 'unknown'
  if (pending) return `pending-${pending.severity}`
  return alerts.silenced > 0 ? 'maintenance' : 'ok'
}

const worst: Record<DisplayState, number> = {
  critical: 0,
  warning: 2,
  'pending-critical': 4,
  'pending-warning': 5,
  unknown: 6,
  maintenance: 7,
  info: 8,
  ok: 8,
}

/** Order of the fleet: worst first, acknowledged after unacknowledged. */
export function nodeRank(state: DisplayState, alerts: NodeAlerts): number {
  const acknowledged = (state === 'critical' || state === 'warning') && !alerts.unacknowledged
  return worst[state] + (acknowledged ? 1 : 0)
}
