import type { Anchor, RuleRef } from '../alert/series.ts'
import type { Severity } from '../rule/rule.ts'

/**
 * Value episode of one series. It continues across versions of its rule and between the rule for all nodes and that of
 * its node. `criticalSince`: event time since which every value is critical.
 */
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

/**
 * No-data state of one series, or offline state of one node. The clock fires it and the next record ends it; it never
 * affects the value episode. `rule`: the version that it fires under; version 0.1.0 wrote none and meant the state's.
 * `from`: event time of the last step, which changes of the rule after it follow: that version may end and apply again.
 */
export type NoData =
  | { readonly phase: 'ok' }
  | {
      readonly phase: 'firing'
      readonly alertId: string
      readonly anchor: Anchor
      readonly rule?: RuleRef
      readonly from?: number
    }

/**
 * Evaluation state of one series, or of a node (metric `wholeNode`), which has no value episode. Stored with the
 * offsets, loaded at start.
 */
export interface SeriesState {
  /** The rule version that evaluated the newest value; `null` without one, and for a node. */
  readonly rule: RuleRef | null
  readonly episode: Episode
  readonly noData: NoData
  /** Newest event time and its record (anchor of a no-data alert). `null` before the first record. */
  readonly last: Anchor | null
  /**
   * Set when the clock ended the rule of the series ahead of its records: event time of that end. Earlier records
   * belong to the closed rule and are not evaluated. Of a node: when a change of its rule ended its offline alert; until
   * the next record, only what began since counts.
   */
  readonly ruleFrom?: number
  /**
   * Set while the start of an episode may be unknown: no record has cleared since reading began. An alert that opens
   * now may have another id at the backend.
   */
  readonly startUnknown?: true
  /** Of a metric: its newest step, ms, if it is longer than the rule allows without data. The metric is slow. */
  readonly paceMs?: number
  /** Of a node: the newest steps between its event times, ms, oldest first. They give its observed interval. */
  readonly steps?: readonly number[]
  /** Of a node: event time of its first record after a pause. Its metrics are missing only after it. */
  readonly resumedAt?: number
}
