import type { Alert } from './alert.ts'

/** Nodes whose offline alert fires. */
export function offlineNodes(alerts: Iterable<Alert>): ReadonlySet<string> {
  const nodes = new Set<string>()
  for (const { kind, phase, nodeId } of alerts) if (kind === 'offline' && phase === 'firing') nodes.add(nodeId)
  return nodes
}

/**
 * Whether an alert is inhibited: its node is offline, so nobody knows whether its value still breaches. It stays in the
 * lists, marked as stale, and is neither counted nor notified. Alertmanager calls this inhibition.
 */
export function isInhibited({ kind, phase, nodeId }: Alert, offline: ReadonlySet<string>): boolean {
  return kind !== 'offline' && phase === 'firing' && offline.has(nodeId)
}

/** Whether a silence matches a firing alert at the moment of which the caller knows. */
export type IsSilenced = (alert: Alert) => boolean

/** The alerts that count: they fire, and are neither inhibited nor silenced. In the order of the list. */
export function countedAlerts(alerts: readonly Alert[], isSilenced: IsSilenced): Alert[] {
  const offline = offlineNodes(alerts)
  return alerts.filter((alert) => alert.phase === 'firing' && !isInhibited(alert, offline) && !isSilenced(alert))
}

/** The firing alerts that are silenced, inhibited ones too. A silenced offline alert goes on to inhibit others. */
export function silencedAlerts(alerts: readonly Alert[], isSilenced: IsSilenced): Alert[] {
  return alerts.filter((alert) => alert.phase === 'firing' && isSilenced(alert))
}
