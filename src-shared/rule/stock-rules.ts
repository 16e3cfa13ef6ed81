import type { Rule } from './rule.ts'

const writtenBy = 'ReMo'

/**
 * Rules of a console that has none yet (levels of Netdata's health.d). `at`: since when they hold, event time, epoch ms.
 * The ids are fixed, so that every console means the same rules by them.
 */
export function stockRules(at: number): readonly Rule[] {
  return [
    stock(
      { id: '5e0c9a64-3b1f-8d27-9c40-72656d6f0001', metric: 'cpu_usage', levels: [85, 95, 75], noDataSeconds: 60 },
      at,
    ),
    // Without a silence of its own: a node that goes away takes all its metrics with it, and one alert says so.
    stock({ id: '5e0c9a64-3b1f-8d27-9c40-72656d6f0002', metric: 'memory_usage', levels: [90, 98, 80] }, at),
  ]
}

interface StockRule {
  readonly id: string
  readonly metric: string
  /** Warning, critical, clear. */
  readonly levels: readonly [number, number, number]
  readonly noDataSeconds?: number
}

function stock({ levels: [warning, critical, clear], ...own }: StockRule, at: number): Rule {
  return {
    ...own,
    version: 1,
    scope: { kind: 'all' },
    condition: 'greater',
    warning,
    critical,
    clear,
    forSeconds: 120,
    enabled: true,
    deleted: false,
    effectiveFrom: at,
    updatedBy: writtenBy,
    updatedAt: at,
  }
}
