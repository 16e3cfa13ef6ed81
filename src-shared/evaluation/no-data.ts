import type { Rule } from '../rule/rule.ts'
import { alertIdOf } from '../alert/alert-id.ts'
import { ruleRefOf } from './episode.ts'
import type { Anchor, RuleRef, Series } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { NoData } from './series-state.ts'

type FiringNoData = Extract<NoData, { phase: 'firing' }>

/**
 * An alert older than this does not notify the operator. A series whose last record is older opens no alert at all: a
 * console that reads a topic for the first time must not page for every node that was removed long ago.
 */
export const notifyWithinMs = 24 * 3_600_000

/** Both epoch ms of this machine's clock. `receivedAt`: when it got the newest record, or began to listen for one. */
export interface ArrivalTimes {
  readonly now: number
  readonly receivedAt: number
}

/**
 * Whether the series has been silent for as long as the rule allows, and not for so long that it is no news. A node
 * whose clock is behind ours sends records that look old at once, so what was heard within the rule's time counts, too.
 */
export function isMissingData(
  rule: Rule | undefined,
  last: Anchor | null,
  { now, receivedAt }: ArrivalTimes,
): rule is Rule {
  if (rule?.noDataSeconds === undefined || last === null) return false
  const allowedMs = rule.noDataSeconds * 1000
  const missingMs = now - last.at
  return missingMs >= allowedMs && now - receivedAt >= allowedMs && missingMs <= Math.max(notifyWithinMs, 2 * allowedMs)
}

interface LastRecord {
  readonly last: Anchor
  /** Since when the rule judges the series, where that is later than its last record. */
  readonly ruleFrom: number | undefined
}

/**
 * The no-data alert of a series. Who sees it first may differ from console to console; what it says may not, so its
 * times come from the last record and the rule, never from the clock. A rule that came after the last record is part
 * of the anchor: it may come, go and come again in one silence, and each time that is another alert.
 */
export function openNoDataAlert(
  rule: Rule,
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

/** `rule`: the version that the silence was opened by. */
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
