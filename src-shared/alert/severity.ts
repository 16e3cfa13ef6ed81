import { z } from 'zod'

/** Of an alert. A rule has `warning` and `critical` only: `info` is of what a console reports about itself. */
export const AlertSeverity = z.enum(['info', 'warning', 'critical'])
export type AlertSeverity = z.infer<typeof AlertSeverity>

/** Worst first, in the order of lists and groups. */
export const severitiesWorstFirst = ['critical', 'warning', 'info'] as const satisfies readonly AlertSeverity[]

const ranks: Readonly<Record<AlertSeverity, number>> = { info: 0, warning: 1, critical: 2 }

/** Positive if `a` is the worse one, 0 if both are the same. */
export function compareSeverities(a: AlertSeverity, b: AlertSeverity): number {
  return ranks[a] - ranks[b]
}
