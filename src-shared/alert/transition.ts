import type { Condition, Severity } from '../rule/rule.ts'
import type { RuleEdit } from '../rule/rule-edits.ts'
import type { NodeAlertKind, ResolveReason } from './alert.ts'
import type { RuleRef, Series } from './series.ts'

/** A change of an alert. `rule` is the version in effect. Times are event time. */
export type Transition = {
  readonly alertId: string
  readonly alertKind: NodeAlertKind
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
      /** How often it has fired again, each time within an hour of its end. Absent: never. */
      readonly refires?: number
      /** The start of the episode may be unknown. */
      readonly provisional?: true
    }
  | {
      /** `flapping`: it changes too often, and stays open until it has `settled`. A second one makes it critical. */
      readonly kind: 'escalated' | 'eased' | 'flapping' | 'settled'
      readonly severity: Severity
      readonly value: number
      readonly threshold: number
    }
  /** The episode continues under another version or rule, `by` whom, with these differences. */
  | {
      readonly kind: 'rule-changed'
      readonly severity: Severity
      readonly value: number | null
      readonly threshold: number
      readonly condition: Condition
      readonly forSeconds: number
      readonly by: string
      readonly edits: readonly RuleEdit[]
    }
  /** `by`: who changed the rule, if that ended it. `clearSince`: since when every value was clear, if a hold passed or it was flapping. */
  | {
      readonly kind: 'resolved'
      readonly reason: ResolveReason
      readonly value: number | null
      readonly by?: string
      readonly clearSince?: number
    }
)
