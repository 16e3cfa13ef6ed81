import { type Alert, isNodeAlert } from '#shared/alert/alert.ts'
import type { AlertSeverity } from '#shared/alert/severity.ts'
import { prefixCounts, type PrefixCount } from '#shared/node/node-prefix.ts'

export interface BeganBar {
  /** Epoch ms. */
  readonly from: number
  readonly critical: number
  readonly warning: number
  readonly info: number
}

/** What many alerts have in common. */
export interface ManyFacts {
  readonly count: number
  readonly critical: number
  readonly warning: number
  readonly info: number
  readonly rules: number
  readonly nodes: number
  /** Of one metric: lowest, median and highest value. */
  readonly values?: { readonly lowest: number; readonly median: number; readonly highest: number }
  /** When the first and the last one began, epoch ms. */
  readonly from: number
  readonly to: number
  readonly bars: readonly BeganBar[]
  readonly where: readonly PrefixCount[]
}

const mostBars = 12

/** `alerts`: at least one. */
export function manyFacts(alerts: readonly Alert[]): ManyFacts {
  const countOf = (one: AlertSeverity): number => alerts.filter(({ severity }) => severity === one).length
  const nodes = alerts.filter(isNodeAlert).map(({ nodeId }) => nodeId)
  const times = alerts.map(({ openedAt }) => openedAt)
  const [from, to] = [lowestOf(times), highestOf(times)]
  const values = valuesOf(alerts)
  return {
    count: alerts.length,
    critical: countOf('critical'),
    warning: countOf('warning'),
    info: countOf('info'),
    rules: new Set(alerts.map(({ ruleId }) => ruleId)).size,
    nodes: new Set(nodes).size,
    ...(values ? { values } : {}),
    from,
    to,
    bars: barsOf(alerts, from, to),
    where: prefixCounts(nodes),
  }
}

function valuesOf(alerts: readonly Alert[]): ManyFacts['values'] {
  // What a console says about itself has no metric: seconds of lag and rejects a minute do not compare.
  const isOneMetric = alerts.every(isNodeAlert) && new Set(alerts.map(({ metric }) => metric)).size === 1
  const values = alerts.flatMap(({ value }) => (value === null ? [] : [value])).toSorted((a, b) => a - b)
  const [lowest] = values
  if (!isOneMetric || lowest === undefined) return undefined
  const middle = values.length / 2
  const at = (i: number): number => values[i] ?? lowest
  const median = values.length % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2
  return { lowest, median, highest: at(values.length - 1) }
}

function barsOf(alerts: readonly Alert[], from: number, to: number): BeganBar[] {
  // At least five seconds each: what began together is one bar.
  const width = Math.max(5000, (to - from) / mostBars)
  const count = Math.max(1, Math.min(mostBars, Math.ceil((to - from + 1) / width)))
  const bars = Array.from({ length: count }, (_, i) => ({
    from: from + i * width,
    critical: 0,
    warning: 0,
    info: 0,
  }))
  for (const { openedAt, severity } of alerts) {
    const bar = bars[Math.min(count - 1, Math.floor((openedAt - from) / width))]
    if (bar) bar[severity]++
  }
  return bars
}

// Not Math.min: its arguments are limited.
const lowestOf = (values: readonly number[]): number => values.reduce((low, value) => Math.min(low, value), Infinity)
const highestOf = (values: readonly number[]): number =>
  values.reduce((high, value) => Math.max(high, value), -Infinity)
