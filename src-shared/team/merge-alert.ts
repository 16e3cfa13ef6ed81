import type { RuleIndex, RuleInterval } from '../rule/rule-index.ts'
import type { Severity } from '../rule/rule.ts'
import type { AlertRecord } from './team-records.ts'
import { isSameAcknowledgement, withAcknowledgement, type AcknowledgementKey } from '../alert/acknowledgement.ts'
import { type Acknowledgement, type Alert, type AlertNote, type NodeAlert } from '../alert/alert.ts'
import { withoutFlapping } from '../alert/apply-transition.ts'
import { flapWindowMs, isFlapRule } from '../evaluation/flapping.ts'
import { holdMsOf } from '../evaluation/hold.ts'
import { overlaps } from '../evaluation/unknown-start.ts'
import { withOfficialNotes } from '../alert/note.ts'
import { isOfflineRule } from '../rule/rule.ts'

export interface MergeContext {
  /** This console evaluates the series in this episode: its result is equally good, and newer. */
  readonly isEvaluatedHere: boolean
  /** The backend has not confirmed an acknowledgement that was given here. */
  readonly isAckPending: boolean
  /**
   * The official acknowledgement is newer than the severity that fires here: the backend may have read more, and eased
   * the alert after it was acknowledged.
   */
  readonly isInBacklog: boolean
  /** The local alert was resolved under a rule version that had already ended: see `isResolutionContradicted`. */
  readonly isContradicted: boolean
  /** This console is in doubt which changes the alert has had: only the backend knows whether it is flapping. */
  readonly isFlappingUnknown?: boolean
  /** Acknowledgements that were taken back here, which the backend has not confirmed. They do not count. */
  readonly takenBack?: readonly AcknowledgementKey[]
  /** Notes that were written here, which the backend has not confirmed. */
  readonly pendingNotes?: readonly AlertNote[]
}

/**
 * Merges the local and the official alert of one id.
 *
 * | local    | official | result                                                           |
 * |----------|----------|------------------------------------------------------------------|
 * | none     | any      | official                                                         |
 * | resolved | any      | local: an episode never reopens; official if `isContradicted`    |
 * | firing   | resolved | official                                                         |
 * | firing   | firing   | local if `isEvaluatedHere`, else official, with one of these acks |
 *
 * | acknowledgement | counts if                                                                             |
 * |-----------------|---------------------------------------------------------------------------------------|
 * | official        | it was given at the resulting severity, or `isInBacklog`, or it is also the local one |
 * | official        | never, if it is one of `takenBack`                                                    |
 * | local           | `isAckPending`, and it was given at the resulting severity                            |
 * | both count      | official, unless it expired before the local one was given                            |
 *
 * "At the resulting severity" includes a higher one. The local ack that is also official stays when the backend lowers
 * the severity first. An official alert without an acknowledgement removes the local one unless `isAckPending`: another
 * user has taken it back.
 *
 * Notes are the official ones and those that wait here, also of resolved alerts.
 */
export function mergeOfficialAlert(
  local: NodeAlert | undefined,
  record: AlertRecord,
  context: MergeContext,
): NodeAlert {
  const { pendingNotes: pending = [] } = context
  return withOfficialNotes(mergedAlert(local, record, context), { official: record.alert, local, pending })
}

function mergedAlert(local: NodeAlert | undefined, record: AlertRecord, context: MergeContext): NodeAlert {
  const official = withoutTakenBack(record.alert, context)
  if (local === undefined) return { ...official, provisional: false }
  if (local.phase === 'resolved') {
    const { isContradicted } = context
    return { ...(isContradicted && official.phase === 'firing' ? official : local), provisional: false }
  }
  if (official.phase === 'resolved') return { ...official, provisional: false }
  const own = context.isEvaluatedHere ? withRefires(local, official) : official
  const evaluated = context.isFlappingUnknown === true ? withFlapping(own, official) : own
  const { severity } = evaluated
  const ownAck = context.isAckPending ? ackFor(severity, local) : undefined
  const isKnown = sameAcknowledgement(local.acknowledgement, official.acknowledgement)
  const theirs = context.isInBacklog || isKnown ? official.acknowledgement : ackFor(severity, official)
  return withAcknowledgement({ ...evaluated, provisional: false }, firstOf(theirs, ownAck))
}

/** Gives a provisional alert the identity of the official one. The result has the higher of both severities, with its rule. */
export function adoptAlert(provisional: NodeAlert, official: NodeAlert): NodeAlert {
  const { id, since, openedAt } = official
  const own = withFlapping(withRefires(provisional, official), official)
  const worse = isMoreSevere(official.severity, provisional.severity) ? official : provisional
  return { ...withLevelsOf(own, worse), id, since, openedAt, provisional: false }
}

/** Whether the backend's alert is flapping. Then its severity is the worst of both. */
function withFlapping(local: NodeAlert, official: NodeAlert): NodeAlert {
  const { flappingSince, severity } = official
  if (flappingSince === undefined) return withoutFlapping(local)
  if (!isMoreSevere(severity, local.severity)) return { ...local, flappingSince }
  return { ...withLevelsOf(local, official), flappingSince }
}

/** The alert with the severity of the other one, and with what belongs to it: its rule and its values. */
function withLevelsOf({ worstValue: _, ...alert }: NodeAlert, other: NodeAlert): NodeAlert {
  const { ruleId, ruleVersion, condition, forSeconds, severity, threshold, value, worstValue } = other
  const levels = { ruleId, ruleVersion, condition, forSeconds, severity, threshold, value }
  return { ...alert, ...levels, ...(worstValue === undefined ? {} : { worstValue }) }
}

/** The backend counts re-fires from an earlier record. Under another rule than here, its count is not this one's. */
function withRefires(local: NodeAlert, { ruleId, refires }: NodeAlert): NodeAlert {
  if (ruleId !== local.ruleId || refires === local.refires) return local
  const { refires: _, ...rest } = local
  return refires === undefined ? rest : { ...rest, refires }
}

/** Whether a provisional alert belongs to the episode of the official one: a series is in one episode at a time. */
export function isSameEpisode(provisional: NodeAlert, official: NodeAlert): boolean {
  return (
    provisional.provisional &&
    provisional.id !== official.id &&
    provisional.kind === official.kind &&
    provisional.nodeId === official.nodeId &&
    provisional.metric === official.metric &&
    overlaps(official, provisional.since, provisional.resolvedAt ?? Infinity)
  )
}

/**
 * Whether a local alert is invalid: another version applied when it opened, or when its episode began, but that version
 * arrived late. Always false for rules that the index does not have.
 * @param before the index without what arrived now; it knows what the alert opened under, also after it continued under
 *   another version
 */
export function isContradicted(alert: NodeAlert, index: RuleIndex, before?: RuleIndex): boolean {
  const { ruleId: id, ruleVersion: version, kind, since, openedAt, provisional } = alert
  if (index.version({ id, version }) === undefined) return false
  if (before?.version({ id, version }) === undefined) return hadEndedAt(alert, openedAt, index)
  // The id of a value alert follows from the version at its first record. A provisional one may get another id anyway.
  const times = kind === 'value' && !provisional ? [since, openedAt] : [openedAt]
  return times.some((at) => isOtherAt(alert, at, [before, index]))
}

/** Whether the indexes have different versions in effect at this event time, or the same since another time that counts. */
function isOtherAt(alert: NodeAlert, at: number, indexes: readonly [RuleIndex, RuleIndex]): boolean {
  const [before, after] = indexes.map((index) => inEffectAt(alert, at, index))
  return before !== after
}

/** What an alert depends on at this event time, as text. */
function inEffectAt({ kind, nodeId, metric, since }: NodeAlert, at: number, index: RuleIndex): string {
  const interval = index.intervals(nodeId, metric).findLast(({ from }) => from <= at)
  const { id, version } = interval?.rule ?? {}
  if (kind === 'value') return JSON.stringify([id, version])
  // Its anchor is the later one of the last record and the start of the version.
  const from = Math.max(interval?.from ?? since, since)
  return JSON.stringify([id, version, from, kind === 'no-data' ? interval?.noDataSeconds : undefined])
}

/**
 * Whether a local alert was resolved by levels that had already ended, or without the hold of the version in effect: the
 * next version arrived late, and the episode may continue under it. The end of a rule itself is never in doubt, unless it
 * is older than the alert: then another version was in effect, which has not arrived.
 * @param official the backend's alert: if it was flapping by then, the values had to be steady; it counts the re-fires
 */
export function isResolutionContradicted(alert: NodeAlert, index: RuleIndex, official?: NodeAlert): boolean {
  const { resolvedAt, resolveReason, openedAt, kind } = alert
  if (resolvedAt === undefined) return false
  if (resolveReason !== 'cleared') return kind === 'value' && resolveReason === 'rule-changed' && resolvedAt <= openedAt
  const counted = official === undefined ? alert : withRefires(alert, official)
  if (hadEndedAt(alert, resolvedAt, index) || isHeldAt(counted, resolvedAt, index)) return true
  const flappingSince = official?.flappingSince ?? Infinity
  return flappingSince <= resolvedAt && isUnsteadyAt(alert, { at: resolvedAt, flappingSince }, index)
}

/** Whether the rule in effect at this event time finds flapping, and the values had not been clear for long enough. */
function isUnsteadyAt(
  { nodeId, metric, clearSince }: NodeAlert,
  { at, flappingSince }: { readonly at: number; readonly flappingSince: number },
  index: RuleIndex,
): boolean {
  const rule = index.intervals(nodeId, metric).findLast(({ from }) => from <= at)?.rule
  if (rule === undefined || isOfflineRule(rule) || !isFlapRule(rule)) return false
  return at - Math.max(clearSince ?? at, flappingSince) < flapWindowMs
}

/** Whether the rule in effect at this event time still held the alert. The alert can have the version of the backend's. */
function isHeldAt({ nodeId, metric, clearSince, refires }: NodeAlert, at: number, index: RuleIndex): boolean {
  const rule = index.intervals(nodeId, metric).findLast(({ from }) => from <= at)?.rule
  if (rule === undefined || isOfflineRule(rule)) return false
  const holdMs = holdMsOf(rule, refires)
  return holdMs > 0 && at - (clearSince ?? at) < holdMs
}

/** Whether the rule version of the alert had ended at this event time. False for rules that the index does not have. */
function hadEndedAt({ ruleId: id, ruleVersion, nodeId, metric }: NodeAlert, at: number, index: RuleIndex): boolean {
  if (index.version({ id, version: ruleVersion }) === undefined) return false
  const intervals = index.intervals(nodeId, metric)
  const isOwn = ({ rule }: RuleInterval): boolean => rule?.id === id && rule.version === ruleVersion
  // It may apply again after another one.
  const own = intervals.findLastIndex((interval) => interval.from <= at && isOwn(interval))
  if (own === -1) return !intervals.some(isOwn)
  const end = intervals[own + 1]?.from
  return end !== undefined && end <= at
}

/** Tombstone for the window: a resolved alert without a reason. `isWithdrawn` recognizes it. */
export function withdrawnAlert(alert: NodeAlert): NodeAlert
export function withdrawnAlert(alert: Alert): Alert
export function withdrawnAlert(alert: Alert): Alert {
  const { acknowledgement: _ack, resolveReason: _reason, resolvedValue: _value, ...rest } = alert
  return { ...rest, phase: 'resolved', resolvedAt: alert.resolvedAt ?? alert.openedAt }
}

/** Whether an alert was withdrawn. Remove it from every list, including history. */
export function isWithdrawn(alert: Alert): boolean {
  return alert.phase === 'resolved' && alert.resolveReason === undefined
}

function withoutTakenBack(official: NodeAlert, { takenBack = [] }: MergeContext): NodeAlert {
  const ack = official.acknowledgement
  const isTakenBack = ack !== undefined && takenBack.some((given) => isSameAcknowledgement(ack, given))
  return isTakenBack ? withAcknowledgement(official, undefined) : official
}

/** The acknowledgement of `alert`, if it was given at this severity or a higher one. */
function ackFor(severity: Severity, alert: NodeAlert): Acknowledgement | undefined {
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
