import type { Condition, Severity } from '../rule/rule.ts'
import type { AlertKind, ResolveReason } from './alert.ts'
import type { RuleRef, Series } from './series.ts'

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
