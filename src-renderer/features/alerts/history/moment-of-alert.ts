import type { Alert } from '#shared/alert/alert.ts'
import type { MetricRule } from '#shared/rule/rule.ts'

/** What the chart of an alert shows beside its values. */
export interface MomentOfAlert {
  readonly alert: Alert
  /** Of its rule then. */
  readonly levels: Pick<MetricRule, 'condition' | 'warning' | 'critical'> | undefined
  /** Who acknowledged it, and when: epoch ms. */
  readonly acknowledged: ReadonlyArray<{ readonly by: string; readonly at: number }>
}
