import type { MetricRule } from '../rule/rule.ts'
import { alertIdOf } from '../alert/alert-id.ts'
import { dayMs } from '../format/time-units.ts'
import { ruleRefOf } from './episode.ts'
import { isAhead } from './lateness.ts'
import type { Anchor, RuleRef, Series } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { NoData } from './series-state.ts'

type FiringNoData = Extract<NoData, { phase: 'firing' }>

/**
 * Alerts that opened longer ago than this do not notify. No no-data alert opens for a series whose last record is
 * older: a first start must not page for nodes removed long ago. The node still shows as stale.
 */
export const notifyWithinMs = dayMs

/** Both epoch ms of this computer's clock. `receivedAt`: when the newest record arrived, or reading began. */
export interface ArrivalTimes {
  readonly now: number
  readonly receivedAt: number
}

/**
 * Whether the series has no data for as long as its rule allows, but not for too long to notify. Records of a node with
 * a slow clock look old when they arrive, so a recent arrival counts as data. A record from the future does not: only
 * its arrival counts.
 */
export function isMissingData(
  rule: MetricRule | undefined,
  last: Anchor | null,
  { now, receivedAt }: ArrivalTimes,
): rule is MetricRule {
  if (rule?.noDataSeconds === undefined || last === null) return false
  const allowedMs = rule.noDataSeconds * 1000
  const missingMs = now - last.at
  const isOld = missingMs >= allowedMs || (receivedAt !== -Infinity && isAhead(last.at, now))
  return isOld && now - receivedAt >= allowedMs && missingMs <= Math.max(notifyWithinMs, 2 * allowedMs)
}

interface LastRecord {
  readonly last: Anchor
  /** Start of the rule, if it is later than the last record. */
  readonly ruleFrom: number | undefined
}

/**
 * Opens the no-data alert of a series. Every evaluator computes the same alert: its times come from the last record and
 * the rule, never from the clock. The start of a rule that is newer than the last record is part of the anchor: a rule
 * that is deleted and created again opens another alert.
 */
export function openNoDataAlert(
  rule: MetricRule,
  series: Series,
  { last, ruleFrom }: LastRecord,
): readonly [NoData, Transition] {
  const from = Math.max(last.at, ruleFrom ?? last.at)
  const anchor: Anchor = { at: from, position: last.position }
  const alertId = alertIdOf('no-data', { rule, series, anchor })
  const noDataSeconds = rule.noDataSeconds ?? 0
  const opened: Transition = {
    alertId,
    alertKind: 'no-data',
    series,
    rule: ruleRefOf(rule),
    at: Math.max(last.at + noDataSeconds * 1000, from),
    kind: 'opened',
    severity: 'critical',
    since: last.at,
    value: null,
    threshold: noDataSeconds,
    condition: rule.condition,
    forSeconds: noDataSeconds,
  }
  return [{ phase: 'firing', alertId, anchor }, opened]
}

/** @param rule the version that opened the no-data alert */
export function resolveNoDataAlert(
  noData: FiringNoData,
  rule: RuleRef,
  returned: { series: Series; at: number },
): Transition {
  const { series, at } = returned
  return {
    alertId: noData.alertId,
    alertKind: 'no-data',
    series,
    rule,
    at,
    kind: 'resolved',
    reason: 'data-returned',
    value: null,
  }
}
