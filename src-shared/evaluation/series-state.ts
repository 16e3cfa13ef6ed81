import type { Anchor, RuleRef } from '../alert/series.ts'
import type { Severity } from '../rule/rule.ts'

/** Value episode of one series under one rule version. `criticalSince`: since when every value was beyond critical. */
export type Episode =
  | { readonly phase: 'ok' }
  | { readonly phase: 'pending'; readonly since: Anchor; readonly alertId: string; readonly criticalSince?: number }
  | {
      readonly phase: 'firing'
      readonly since: Anchor
      readonly alertId: string
      readonly severity: Severity
      readonly criticalSince?: number
    }

/** Silence of one series: fires by the clock, ends with the next record, never touches the value episode. */
export type NoData =
  { readonly phase: 'ok' } | { readonly phase: 'firing'; readonly alertId: string; readonly anchor: Anchor }

/** All that evaluation remembers of one series (node, metric). Saved with the offsets, loaded at start. */
export interface SeriesState {
  /** The rule version that `episode` and `noData` belong to. */
  readonly rule: RuleRef | null
  readonly episode: Episode
  readonly noData: NoData
  /** Newest event time seen, and the record it came with (anchor of a silence). `null` before the first record. */
  readonly last: Anchor | null
  /**
   * Set where the clock moved the series to another rule ahead of its records: since when that rule holds (event time).
   * Records before it belong to the rule that was closed and are not judged any more.
   */
  readonly ruleFrom?: number
  /**
   * Set while the evaluator may have come in the middle of an episode: no record since has proven that none was open,
   * so the id of one that begins here may not be the official one.
   */
  readonly startUnknown?: true
}
