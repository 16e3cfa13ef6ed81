import type { PendingAlert } from '../alert/pending.ts'
import type { Series } from '../alert/series.ts'
import { secondMs } from '../format/time-units.ts'
import type { RuleIndex } from '../rule/rule-index.ts'
import { isOfflineRule, type MetricRule } from '../rule/rule.ts'
import { levelOf } from './levels.ts'
import type { SeriesState } from './series-state.ts'

/** Newest value of the series and its arrival time, epoch ms of this computer's clock. */
export interface NewestValue {
  readonly value: number
  readonly receivedAt: number | undefined
}

/**
 * The pending episode of a series; `undefined` if there is none. A pending episode whose rule no longer applies at
 * `now` never fires, so it is none.
 * @param now epoch ms
 */
// eslint-disable-next-line max-params -- the arguments of `evaluateAt`
export function pendingAlertOf(
  state: SeriesState,
  series: Series,
  index: RuleIndex,
  now: number,
  newest: NewestValue,
): PendingAlert | undefined {
  const { episode, last } = state
  if (episode.phase !== 'pending' || last === null) return undefined
  const rule = ruleOfEpisode(state, index)
  if (rule === undefined || index.ruleFor(series.nodeId, series.metric, Math.max(last.at, now)) === undefined) {
    return undefined
  }
  const { since, criticalSince } = episode
  // At `firesAt`, only a value that was critical from the first record on has been critical for the rule's `for`.
  const severity = criticalSince !== undefined && criticalSince <= since.at ? 'critical' : 'warning'
  return {
    alertId: episode.alertId,
    ruleId: rule.id,
    nodeId: series.nodeId,
    nodeName: series.nodeName,
    metric: series.metric,
    condition: rule.condition,
    severity,
    threshold: levelOf(rule, severity),
    since: since.at,
    firesAt: since.at + rule.forSeconds * secondMs,
    value: newest.value,
    at: last.at,
    ...(newest.receivedAt === undefined ? {} : { receivedAt: newest.receivedAt }),
  }
}

/** The rule version that evaluated the newest value; `undefined` if it is not known any more. */
export function ruleOfEpisode({ rule: ref }: SeriesState, index: RuleIndex): MetricRule | undefined {
  const rule = ref === null ? undefined : index.version(ref)
  return rule === undefined || isOfflineRule(rule) ? undefined : rule
}
