import type { Anchor, RuleRef } from '../alert/series.ts'
import type { Severity } from '../rule/rule.ts'

/** The end of the alert before, under a rule with a hold: the next one may be a re-fire (`hold.ts`). */
export interface EndedAlert {
  readonly ruleId: string
  /** Event time at which it resolved. */
  readonly at: number
  readonly refires: number
}

/** How long the values of a firing alert have been below a level. Event times; a key is absent while they are not. */
export interface Hold {
  /** Since when every value is clear. */
  readonly clear?: number
  /** Of a critical alert: since when no value is beyond the warning level. */
  readonly below?: number
  /** The longest step between records since the first of these values, ms. */
  readonly stepMs: number
}

/** Values that are clear, of a series that may be in an episode. As the same keys of `Hold`. */
export type ClearRun = Required<Pick<Hold, 'clear' | 'stepMs'>>

/** What a value says of an alert, without the hold of its rule. A value between two levels stays where it was. */
export type Zone = 'clear' | Severity

/** How long the values of a flapping alert have been in one zone. As the keys of `Hold`. */
export interface Steady {
  readonly zone: Zone
  readonly since: number
  readonly stepMs: number
}

/** An alert that changes too often (`flapping.ts`). */
export interface Flapping {
  /** Event time of the change that was one too many. */
  readonly since: number
  /** Changes so far, as many as there would have been alerts and changes of them. */
  readonly changes: number
  /** Absent until the next record, after records were lost or the clock was set back. */
  readonly steady?: Steady
}

/**
 * Value episode of one series. It continues across versions of its rule and between the rule for all nodes and that of
 * its node. `criticalSince`: event time since which every value is critical. `refires`: how often the alert has fired
 * again, each time within an hour of its end; absent: never. `hold` exists only under a rule with a hold. `changes`:
 * event times of the newest changes, oldest first, under a rule that finds flapping. An alert that is flapping has none.
 */
export type Episode =
  | { readonly phase: 'ok'; readonly ended?: EndedAlert; readonly changes?: readonly number[] }
  | {
      readonly phase: 'pending'
      readonly since: Anchor
      readonly alertId: string
      readonly criticalSince?: number
      readonly ended?: EndedAlert
      readonly changes?: readonly number[]
    }
  | {
      readonly phase: 'firing'
      readonly since: Anchor
      readonly alertId: string
      readonly severity: Severity
      readonly criticalSince?: number
      readonly refires?: number
      readonly hold?: Hold
      readonly changes?: readonly number[]
      readonly flapping?: Flapping
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

/** When one part of a node sent: its newest event time, epoch ms, and the newest steps between these, ms, oldest first. */
export interface PartTimes {
  readonly at: number
  readonly steps?: readonly number[]
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
   * Set while the start of an episode, or its changes, may be unknown: no record has cleared since reading began, or not
   * for long enough. An alert that opens now may have another id at the backend.
   */
  readonly startUnknown?: true
  /** While the start is unknown, under a rule with a hold or one that finds flapping: the values that are clear. */
  readonly clearRun?: ClearRun
  /** Of a metric: its newest step, ms, if it is longer than the rule allows without data. The metric is slow. */
  readonly paceMs?: number
  /** Of a metric: the part that its first record was of (`Layout.part`); absent: none. It tells how often it comes. */
  readonly part?: string
  /** Of a node without parts: the newest steps between its event times, ms, oldest first. They give its interval. */
  readonly steps?: readonly number[]
  /**
   * Of a node with records of parts, instead of `steps`: each part, also `''` if there are records without one. `last` is
   * the newest of all. Like `steps` they follow from the records, unless a node was set back.
   */
  readonly parts?: ReadonlyArray<PartTimes & { readonly part: string }>
  /** Of a node: event time of its first record after a pause. Its metrics are missing only after it. */
  readonly resumedAt?: number
}
