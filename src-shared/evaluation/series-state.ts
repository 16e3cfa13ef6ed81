import type { Anchor, RuleRef } from '../alert/series.ts'
import type { Severity } from '../rule/rule.ts'

/**
 * Value episode of one series under one rule version. `criticalSince`: event time since which every value is critical.
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

/** No-data state of one series. The clock fires it and the next record ends it; it never affects the value episode. */
export type NoData =
  { readonly phase: 'ok' } | { readonly phase: 'firing'; readonly alertId: string; readonly anchor: Anchor }

/** Evaluation state of one series. Stored with the offsets, loaded at start. */
export interface SeriesState {
  /** The rule version that `episode` and `noData` belong to. */
  readonly rule: RuleRef | null
  readonly episode: Episode
  readonly noData: NoData
  /** Newest event time and its record (anchor of a no-data alert). `null` before the first record. */
  readonly last: Anchor | null
  /**
   * Set when the clock moved the series to another rule ahead of its records: event time of that rule's start. Earlier
   * records belong to the closed rule and are not evaluated.
   */
  readonly ruleFrom?: number
  /**
   * Set while the start of an episode may be unknown: no record has cleared since reading began. An alert that opens
   * now may have another id at the backend.
   */
  readonly startUnknown?: true
}
