import { type Alert, isOwnAlert } from '#shared/alert/alert.ts'
import { ownKindText, ownValue } from '#shared/alert/own-text.ts'
import { soonestFirst, type PendingAlert } from '#shared/alert/pending.ts'
import { worstValueOf } from '#shared/alert/worst-value.ts'
import { formatDuration } from '#shared/format/duration.ts'
import { formatValue } from '#shared/format/number.ts'
import { hourMs } from '#shared/format/time-units.ts'
import { metricInfo } from '#shared/metric/metric-info.ts'

/** A node that sends nothing and whose offline alert does not fire. Times are epoch ms. */
export interface SilentNode {
  readonly nodeId: string
  /** Newest sample; `null`: there never was one. */
  readonly lastAt: number | null
  /** When its offline alert is due; absent without a rule. */
  readonly offlineAt?: number
}

/** What an operator has to know now, as one row. */
export type AttentionItem =
  | { readonly kind: 'alert'; readonly id: string; readonly nodeId: string; readonly alert: Alert }
  | { readonly kind: 'pending'; readonly id: string; readonly nodeId: string; readonly pending: PendingAlert }
  | {
      readonly kind: 'silent'
      readonly id: string
      readonly nodeId: string
      /** The first of the nodes that fell silent together. */
      readonly node: SilentNode
      readonly others: number
    }

interface AttentionFacts {
  /** Most urgent first. */
  readonly unacknowledged: readonly Alert[]
  readonly acknowledged: readonly Alert[]
  readonly pending: readonly PendingAlert[]
  readonly silent: readonly SilentNode[]
}

/** Firing, then pending, then silent; what somebody has acknowledged comes last. `now`: epoch ms. */
export function attentionItems(facts: AttentionFacts, now: number): readonly AttentionItem[] {
  return [
    ...facts.unacknowledged.map(alertItem),
    ...soonestFirst(facts.pending, now).map(
      (pending) => ({ kind: 'pending', id: pending.alertId, nodeId: pending.nodeId, pending }) as const,
    ),
    ...silentGroups(facts.silent),
    ...facts.acknowledged.map(alertItem),
  ]
}

function alertItem(alert: Alert): AttentionItem {
  return { kind: 'alert', id: alert.id, nodeId: alert.nodeId, alert }
}

/** Up to this many silent nodes have a row each. */
const mostRows = 4
/** Nodes that fell silent within this time share a row: one switch or one Kafka connection was lost. */
const togetherMs = 5000

/** The next to be offline first. */
function silentGroups(silent: readonly SilentNode[]): readonly AttentionItem[] {
  const due = ({ offlineAt, lastAt }: SilentNode): number => offlineAt ?? (lastAt ?? 0) + 1e15
  const sorted = [...silent].sort((a, b) => due(a) - due(b))
  const groups: Array<[SilentNode, ...SilentNode[]]> = []
  for (const node of sorted) {
    const group = groups.at(-1)
    if (silent.length > mostRows && group && due(node) - due(group[0]) <= togetherMs) group.push(node)
    else groups.push([node])
  }
  return groups.map(([node, ...others]) => ({
    kind: 'silent',
    id: `silent ${node.nodeId}`,
    nodeId: node.nodeId,
    node,
    others: others.length,
  }))
}

/** At most so many, so that a storm that ended does not fill the list. */
const mostEnded = 50

/** Alerts that resolved within the last hour, newest first. */
export function endedAlerts(alerts: readonly Alert[], now: number): readonly Alert[] {
  return alerts
    .filter(({ resolvedAt }) => resolvedAt !== undefined && now - resolvedAt < hourMs)
    .sort((a, b) => (b.resolvedAt ?? 0) - (a.resolvedAt ?? 0))
    .slice(0, mostEnded)
}

/** "Network 727 Mbps, was 958 Mbps, lasted 4 m 10 s". `unit`: the producer's, for metrics that ReMo does not know. */
export function endedSentence(alert: Alert, unit?: string): string {
  const { shortLabel, unit: shown } = metricInfo(alert.metric, unit)
  const lasted = `lasted ${formatDuration((alert.resolvedAt ?? alert.since) - alert.since)}`
  if (isOwnAlert(alert)) {
    const worst = worstValueOf(alert)
    const was = worst === undefined ? '' : ` was ${ownValue({ kind: alert.kind, value: worst })}`
    return `${ownKindText[alert.kind]}${was}, ${lasted}`
  }
  if (alert.kind === 'offline') return `Was offline, ${lasted}`
  if (alert.kind === 'no-data') return `No ${shortLabel} data, ${lasted}`
  const { resolvedValue } = alert
  const worst = worstValueOf(alert)
  const now = resolvedValue === undefined ? '' : ` ${formatValue(resolvedValue, shown)}`
  const was = worst === undefined ? '' : `${now && ','} was ${formatValue(worst, shown)}`
  return `${shortLabel}${now}${was}, ${lasted}`
}
