import type { RuleIndex } from '../rule/rule-index.ts'
import type { Severity } from '../rule/rule.ts'
import type { AlertRecord } from './team-records.ts'
import { withAcknowledgement } from '../alert/acknowledgement.ts'
import type { Acknowledgement, Alert } from '../alert/alert.ts'
import { coversTime } from '../evaluation/unknown-start.ts'

export interface MergeContext {
  /** The series is evaluated here and in this very episode: what this console found is as good, and newer. */
  readonly isEvaluatedHere: boolean
  /** The backend has not told yet what became of an acknowledgement that was given here. */
  readonly isAckPending: boolean
  /**
   * The official acknowledgement is newer than the severity that fires here: the backend may have read more, and eased
   * the alert after it was acknowledged.
   */
  readonly isInBacklog: boolean
}

/**
 * The alert of this console and the official one of the same id, made one. What has ended stays ended, whoever said so:
 * episodes never open again. Of two acknowledgements the official one holds (the backend knows who was first), unless
 * it had run out when the other one was given. None holds that was given to something less severe than what fires,
 * unless what fires is to be read still. One that holds here already goes on where the backend eases first.
 */
export function mergeOfficialAlert(
  local: Alert | undefined,
  { alert: official }: AlertRecord,
  context: MergeContext,
): Alert {
  if (local === undefined) return { ...official, provisional: false }
  if (local.phase === 'resolved') return { ...local, provisional: false }
  if (official.phase === 'resolved') return { ...official, provisional: false }
  const evaluated = context.isEvaluatedHere ? local : official
  const { severity } = evaluated
  const own = context.isAckPending ? ackFor(severity, local) : undefined
  const isKnown = sameAcknowledgement(local.acknowledgement, official.acknowledgement)
  const theirs = context.isInBacklog || isKnown ? official.acknowledgement : ackFor(severity, official)
  return withAcknowledgement({ ...evaluated, provisional: false }, firstOf(theirs, own))
}

/** A local alert of unknown beginning under the identity of the official one; as severe as the more severe of the two. */
export function adoptAlert(provisional: Alert, official: Alert): Alert {
  const { id, since, openedAt } = official
  const worse = isMoreSevere(official.severity, provisional.severity) ? official : provisional
  const { severity, threshold, value } = worse
  return { ...provisional, id, since, openedAt, severity, threshold, value, provisional: false }
}

/** Whether a provisional alert is the official one, met in its middle. */
export function isSameEpisode(provisional: Alert, official: Alert): boolean {
  return (
    provisional.provisional &&
    provisional.id !== official.id &&
    provisional.kind === official.kind &&
    provisional.ruleId === official.ruleId &&
    provisional.ruleVersion === official.ruleVersion &&
    provisional.nodeId === official.nodeId &&
    provisional.metric === official.metric &&
    coversTime(official, provisional.since)
  )
}

/**
 * Whether a local alert cannot be: opened under a version that had ended by then, which became known only later. Alerts
 * of rules that the book does not have are none of its business.
 */
export function isContradicted(
  { ruleId: id, ruleVersion, nodeId, metric, openedAt }: Alert,
  index: RuleIndex,
): boolean {
  if (index.version({ id, version: ruleVersion }) === undefined) return false
  const stretches = index.intervals(nodeId, metric)
  const own = stretches.findLastIndex(({ rule }) => rule?.id === id && rule.version === ruleVersion)
  const end = own === -1 ? -Infinity : stretches[own + 1]?.from
  return end !== undefined && end <= openedAt
}

/** Said of an alert that is not in the house any more, to whoever shows it: it ends without a reason. */
export function withdrawnAlert(alert: Alert): Alert {
  const { acknowledgement: _ack, resolveReason: _reason, resolvedValue: _value, ...rest } = alert
  return { ...rest, phase: 'resolved', resolvedAt: alert.resolvedAt ?? alert.openedAt }
}

/** Whether an alert was withdrawn: to be taken off every list, history included. */
export function isWithdrawn(alert: Alert): boolean {
  return alert.phase === 'resolved' && alert.resolveReason === undefined
}

/** The acknowledgement of `alert`, as far as it counts for this severity. */
function ackFor(severity: Severity, alert: Alert): Acknowledgement | undefined {
  return isMoreSevere(severity, alert.severity) ? undefined : alert.acknowledgement
}

function sameAcknowledgement(a: Acknowledgement | undefined, b: Acknowledgement | undefined): boolean {
  return a?.by === b?.by && a?.at === b?.at
}

function firstOf(official: Acknowledgement | undefined, own: Acknowledgement | undefined): Acknowledgement | undefined {
  if (official === undefined || own === undefined) return official ?? own
  return official.until === undefined || own.at < official.until ? official : own
}

function isMoreSevere(a: Severity, b: Severity): boolean {
  return a === 'critical' && b === 'warning'
}
