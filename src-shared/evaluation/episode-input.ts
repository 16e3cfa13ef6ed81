import type { Reading, Series } from '../alert/series.ts'
import type { MetricRule } from '../rule/rule.ts'

/** Input of one step: a reading of a series and the rule in effect. */
export interface EpisodeInput {
  readonly rule: MetricRule
  readonly series: Series
  readonly reading: Reading
  /** Event time of the newest record before this one; `undefined` at the first. */
  readonly beforeAt: number | undefined
  /** Earlier changes of the series may be unknown: only the backend knows whether it is flapping. */
  readonly isInDoubt: boolean
}
