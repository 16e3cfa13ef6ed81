import { isOfflineRule, type MetricRule, type OfflineRule, type Rule } from './rule.ts'

const writtenBy = 'ReMo'

const cpuRuleId = '5e0c9a64-3b1f-8d27-9c40-72656d6f0001'
const offlineRuleId = '5e0c9a64-3b1f-8d27-9c40-72656d6f0003'
const offlineSeconds = 60

/**
 * Rules of a console without any (levels of Netdata's health.d). Their ids are fixed, so they are the same rules on
 * every console.
 * @param at when they take effect, event time, epoch ms
 */
export function stockRules(at: number): readonly Rule[] {
  return [
    // Consoles of version 0.1.0 know no other alert for a node that is offline than the no data of this rule.
    stock({ id: cpuRuleId, metric: 'cpu_usage', levels: [85, 95, 75], noDataSeconds: offlineSeconds }, at),
    stock({ id: '5e0c9a64-3b1f-8d27-9c40-72656d6f0002', metric: 'memory_usage', levels: [90, 98, 80] }, at),
    offlineRule({ seconds: offlineSeconds, enabled: true }, at),
  ]
}

/** The same without holds and flapping. */
export function stockRulesWithoutHold(at: number): readonly Rule[] {
  return stockRules(at).map((rule) => {
    if (isOfflineRule(rule)) return rule
    const { holdSeconds: _, findsFlapping: _f, ...rest } = rule
    return rest
  })
}

/**
 * The stock rule for nodes that are offline, for rules of version 0.1.0, which had no such rule; `undefined` if these
 * rules have it already, or had it before somebody deleted it. There, the no data of a metric said that a node is
 * offline: the rule takes over its seconds. If no rule has them any more, somebody did not want these alerts: the rule
 * is disabled.
 * @param rules all versions of all rules, deleted ones too
 */
export function missingStockRule(rules: readonly Rule[]): OfflineRule | undefined {
  if (rules.some(({ id }) => id === offlineRuleId)) return undefined
  const newest = new Map<string, Rule>()
  for (const rule of rules) if (rule.version >= (newest.get(rule.id)?.version ?? 0)) newest.set(rule.id, rule)
  const seconds = [...newest.values()].flatMap((rule) => {
    if (isOfflineRule(rule) || rule.deleted || !rule.enabled || rule.scope.kind !== 'all') return []
    return rule.noDataSeconds ?? []
  })
  const enabled = seconds.length > 0
  return offlineRule({ seconds: enabled ? Math.min(...seconds) : offlineSeconds, enabled }, 0)
}

function offlineRule(own: Pick<OfflineRule, 'seconds' | 'enabled'>, at: number): OfflineRule {
  const version = { version: 1, deleted: false, effectiveFrom: at, updatedBy: writtenBy, updatedAt: at }
  return { id: offlineRuleId, kind: 'offline', scope: { kind: 'all' }, severity: 'critical', ...own, ...version }
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
    holdSeconds: 120,
    findsFlapping: true,
    enabled: true,
    deleted: false,
    effectiveFrom: at,
    updatedBy: writtenBy,
    updatedAt: at,
  }
}
