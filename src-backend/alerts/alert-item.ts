import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import { alertSentence } from '#shared/alert/alert-text.ts'
import type { AlertItem } from '#shared/rest/alerts.ts'
import type { AlertRecord } from '#shared/team/team-records.ts'

/** An alert with facts that are stored elsewhere. */
export interface AlertRow extends AlertRecord {
  /** Unit of its metric, from its producer. */
  readonly unit: string | undefined
  /** Clear level of its rule. */
  readonly clear?: number | undefined
}

/** What can change without a change of the alert. */
interface AlertView {
  /** Epoch ms: an acknowledgement may have expired by then. */
  readonly now: number
  /** Ids of the silences that match it now. */
  readonly silencedBy: readonly string[]
}

/** An alert with the fields of the first ReMo, and more. */
export function alertItem({ version, alert, unit, clear }: AlertRow, { now, silencedBy }: AlertView): AlertItem {
  const ack = alert.acknowledgement
  return {
    id: alert.id,
    node_id: alert.nodeId,
    metric_type: alert.metric,
    metric_value: alert.value ?? alert.threshold,
    threshold_value: alert.threshold,
    message: `${alert.nodeName}: ${alertSentence(alert, { unit, clear })}`,
    severity: alert.severity,
    acknowledged: isAcknowledged(alert, now),
    created_at: timeOf(alert.openedAt),
    node_name: alert.nodeName,
    kind: alert.kind,
    condition: alert.condition,
    phase: alert.phase,
    resolved_at: timeOrNull(alert.resolvedAt),
    resolve_reason: alert.resolveReason ?? null,
    acknowledged_by: ack?.by ?? null,
    acknowledged_at: timeOrNull(ack?.at),
    acknowledged_until: timeOrNull(ack?.until),
    comment: ack?.comment ?? null,
    rule_id: alert.ruleId,
    rule_version: alert.ruleVersion,
    version,
    clear_since: timeOrNull(alert.clearSince),
    refires: alert.refires ?? 0,
    flapping_since: timeOrNull(alert.flappingSince),
    silenced_by: [...silencedBy],
    notes: (alert.notes ?? []).map(({ kind, by, at, comment, to = null }) => ({
      kind,
      by,
      at: timeOf(at),
      comment,
      to,
    })),
  }
}

export function timeOrNull(at: number | undefined): string | null {
  return at === undefined ? null : timeOf(at)
}

export function timeOf(at: number): string {
  return new Date(at).toISOString()
}
