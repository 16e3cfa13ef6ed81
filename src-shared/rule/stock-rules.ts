import type { MetricRule } from './rule.ts'

const writtenBy = 'ReMo'

/**
 * Rules of a console without any (levels of Netdata's health.d). Their ids are fixed, so they are the same rules on
 * every console.
 * @param at when they take effect, event time, epoch ms
 */
export function stockRules(at: number): readonly MetricRule[] {
  return [
    stock(
      { id: '5e0c9a64-3b1f-8d27-9c40-72656d6f0001', metric: 'cpu_usage', levels: [85, 95, 75], noDataSeconds: 60 },
      at,
    ),
    // Without `noDataSeconds`: a node that stops sends none of its metrics, and one alert is enough.
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

function stock({ levels: [warning, critical, clear], ...own }: StockRule, at: number): MetricRule {
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
