import type { RecordPosition } from '../metric/sample.ts'
import type { Condition, Severity } from '../rule/rule.ts'
import type { AlertKind, ResolveReason } from './alert.ts'

/** One value of one series, at its place in the stream. */
export interface Reading {
  readonly at: number
  readonly value: number
  readonly position: RecordPosition
}

/** First record of an episode: what its alert id is made of. Plain data, stored as JSON. */
export interface Anchor {
  readonly at: number
  readonly position: RecordPosition
}

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

export interface RuleRef {
  readonly id: string
  readonly version: number
}

/** All that evaluation remembers of one series (node, metric). Saved with the offsets, loaded at start. */
export interface SeriesState {
  /** The rule version that `episode` and `silence` belong to. */
  readonly rule: RuleRef | null
  readonly episode: Episode
  readonly silence: NoData
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
  readonly midway?: true
}

export interface Series {
  readonly nodeId: string
  readonly nodeName: string
  readonly metric: string
}

/** What happened to an alert, as data. `rule` is the version that was in force; times are event time. */
export type Transition = {
  readonly alertId: string
  readonly alertKind: AlertKind
  readonly series: Series
  readonly rule: RuleRef
  readonly at: number
} & (
  | { readonly kind: 'pending'; readonly value: number }
  | {
      readonly kind: 'opened'
      readonly severity: Severity
      readonly since: number
      readonly value: number | null
      readonly threshold: number
      readonly condition: Condition
      readonly forSeconds: number
      /** Its beginning may not have been seen. */
      readonly provisional?: true
    }
  | {
      readonly kind: 'escalated' | 'eased'
      readonly severity: Severity
      readonly value: number
      readonly threshold: number
    }
  | { readonly kind: 'resolved'; readonly reason: ResolveReason; readonly value: number | null }
)
