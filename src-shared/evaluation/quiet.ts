import { wholeNode, type Series } from '../alert/series.ts'
import type { RuleIndex } from '../rule/rule-index.ts'
import { sameRuleVersion } from './episode.ts'
import { quietRange } from './levels.ts'
import type { SeriesState } from './series-state.ts'

/**
 * What an evaluator may skip. While the newest event time of the series is before `until`, a value that is neither
 * above `above` nor below `below` changes nothing but `last`. This holds for `evaluate` and `evaluateWithBackend`.
 */
export interface QuietBounds {
  /** Event time, epoch ms: the rule in effect may change then. Infinity: it does not. */
  readonly until: number
  readonly above: number
  readonly below: number
  /**
   * `evaluateAt` changes nothing before `until` while less than this is missing: of a metric, its newest record is older
   * than that of its node; of a node, older than now. Infinity: no such rule.
   */
  readonly noDataMs: number
}

/**
 * The bounds of a series, or `undefined` if every record needs the state machine: an episode or no data is open, the
 * rule or the start is not settled, or there is no record yet. They are valid for this index only.
 */
export function quietBounds(state: SeriesState, series: Series, index: RuleIndex): QuietBounds | undefined {
  const { episode, noData, last, ruleFrom, startUnknown } = state
  if (episode.phase !== 'ok' || noData.phase !== 'ok' || last === null) return undefined
  if (ruleFrom !== undefined || startUnknown !== undefined) return undefined
  const rule = index.ruleFor(series.nodeId, series.metric, last.at)
  if (!sameRuleVersion(state.rule, rule)) return undefined
  const until = index.unchangedUntil(series.nodeId, series.metric, last.at)
  const noDataMs = (index.noDataSecondsFor(series.nodeId, series.metric, last.at) ?? Infinity) * 1000
  return { until, noDataMs, ...quietRange(rule) }
}

/** `quietBounds` of a node: no record of it needs the state machine until its offline alert fires. */
export function quietNodeBounds(state: SeriesState, { nodeId }: Series, index: RuleIndex): QuietBounds | undefined {
  const { noData, last } = state
  if (noData.phase !== 'ok' || last === null) return undefined
  const noDataMs = (index.offlineRuleFor(nodeId, last.at)?.seconds ?? Infinity) * 1000
  const until = index.unchangedUntil(nodeId, wholeNode, last.at)
  return { until, noDataMs, above: Infinity, below: -Infinity }
}
