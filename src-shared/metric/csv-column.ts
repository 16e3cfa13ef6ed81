import { knownMetrics, metricInfo } from './metric-info.ts'

/** Columns of every export before those of metrics. */
export const leadingColumns = ['timestamp', 'node_id', 'node_name'] as const

const reserved = new Set<string>(leadingColumns)
const knownByColumn = new Map(knownMetrics.map(({ csvColumn, name }) => [csvColumn, name]))
/** Units that a reader takes off the end of a column: %, °C, °F, and everything per second. */
const unitAtEnd = /_(percent|degrees_[cf]|[a-z0-9]+_per_s)$/
const exactName = /^[^[]*\[(.*)\]$/s

/**
 * Column of a metric in an export: words and unit in snake_case. Where these would also be those of another metric, the
 * exact name follows in brackets: `disk_io[disk.io]`. It depends on nothing but the metric, so that a column is the same
 * in every file. `metricOfColumn` finds the metric again, so that no two metrics have one column.
 */
export function csvColumnOf(name: string, unit?: string): string {
  const { csvColumn } = metricInfo(name, unit)
  return metricOfColumn(csvColumn) === name ? csvColumn : `${csvColumn}[${name}]`
}

/**
 * The metric of a column: the name in brackets; else one of the four built-in metrics; else the column without its unit.
 *
 * @returns `undefined` for a column that is no metric
 */
export function metricOfColumn(column: string): string | undefined {
  if (reserved.has(column)) return undefined
  return exactName.exec(column)?.[1] ?? knownByColumn.get(column) ?? column.replace(unitAtEnd, '')
}
