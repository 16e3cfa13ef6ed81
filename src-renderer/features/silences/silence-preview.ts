import { type Alert, isNodeAlert } from '#shared/alert/alert.ts'
import { compareSeverities } from '#shared/alert/severity.ts'
import { type AlertLabels, compileMatchers, labelsOf, matchesOwnOnly } from '#shared/silence/matchers.ts'
import type { Matcher } from '#shared/silence/silence.ts'

interface Node {
  readonly id: string
  readonly name: string
}

export interface SilencePreview {
  /** Firing alerts that match, worst first. */
  readonly alerts: readonly Alert[]
  /** Number of nodes whose alerts can match. */
  readonly nodes: number
  /** Those of them without a matching alert now. */
  readonly quiet: readonly string[]
  /** Only alerts of this console about itself can match, so no node is silenced. */
  readonly isOfConsole: boolean
}

/** The firing alerts that these matchers match. Without a matcher: none. */
export function matchingAlerts(matchers: readonly Matcher[], alerts: readonly Alert[]): readonly Alert[] {
  if (matchers.length === 0) return []
  const matches = compileMatchers(matchers)
  return alerts.filter((alert) => alert.phase === 'firing' && matches(labelsOf(alert)))
}

/** The nodes whose alerts these matchers can match: other labels than the node's are known only of an alert. */
export function matchingNodes(matchers: readonly Matcher[], nodes: readonly Node[]): readonly Node[] {
  if (matchers.length === 0 || matchesOwnOnly(matchers)) return []
  const matches = compileMatchers(matchers.filter(({ name }) => name === 'node' || name === 'node_name'))
  const labels = (id: string, name: string): AlertLabels =>
    new Map([
      ['node', id],
      ['node_name', name],
    ])
  return nodes.filter(({ id, name }) => matches(labels(id, name)))
}

export function previewOf(
  matchers: readonly Matcher[],
  { alerts, nodes }: { readonly alerts: readonly Alert[]; readonly nodes: readonly Node[] },
): SilencePreview {
  const found = matchingAlerts(matchers, alerts).toSorted(worstFirst)
  const withAlert = new Set(found.filter(isNodeAlert).map(({ nodeId }) => nodeId))
  const quiet = matchingNodes(matchers, nodes).filter(({ id }) => !withAlert.has(id))
  return {
    alerts: found,
    nodes: withAlert.size + quiet.length,
    quiet: quiet.map(({ id }) => id),
    isOfConsole: matchesOwnOnly(matchers),
  }
}

function worstFirst(a: Alert, b: Alert): number {
  return compareSeverities(b.severity, a.severity) || a.openedAt - b.openedAt
}

/** `Matches 7 open alerts, 12 nodes`; `Matches 1 open alert of this console`. */
export function previewTitle({ alerts, nodes, isOfConsole }: SilencePreview): string {
  const ofAlerts = alerts.length === 1 ? '1 open alert' : `${alerts.length} open alerts`
  const open = alerts.length === 0 ? 'no open alert' : ofAlerts
  if (isOfConsole) return `Matches ${open} of this console`
  return `Matches ${open}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`
}
